"""The model at its edges: text in disguise says what it says in plain letters, and hostile text costs bounded time and memory."""

import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from classify.sentences import SENTENCES_LIMIT, Text, one_line, split
from classify.tag import Tagger

ROOT = Path(__file__).parents[2]
DENIAL = "North Korea's foreign ministry denied on Monday that it had sent any soldiers to Russia."
FULL_WIDTH = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" for c in DENIAL)
BOLD = "".join(chr(0x1D400 + ord(c) - 65) if "A" <= c <= "Z" else chr(0x1D41A + ord(c) - 97) if "a" <= c <= "z" else c for c in DENIAL)
CYRILLIC = DENIAL.translate(str.maketrans("oeasiK", "\u043e\u0435\u0430\u0455\u0456\u041a"))

Found = tuple[str, str, tuple[str, ...], str | None, str | None]


def found(tagger: Tagger, text: str, title: str = "") -> list[list[Found]]:
    sentences = split(text).sentences
    tagged = tagger.tag([Text(one_line(title), sentences)])[0]
    assert len(tagged) == len(sentences)
    return [[(m.topic, m.stance, m.force, m.place, m.speaker_side) for m in mentions] for mentions in tagged]


@contextmanager
def seconds_of_processor(limit: float) -> Iterator[None]:
    """As time on the wall is not: the same on a busy machine."""
    start = time.process_time()
    yield
    assert time.process_time() - start < limit


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(unicodedata.normalize("NFD", DENIAL), id="decomposed"),
        pytest.param(FULL_WIDTH, id="full-width"),
        pytest.param(BOLD, id="mathematical bold"),
        pytest.param("\u200b".join(DENIAL), id="zero-width spaces"),
        pytest.param("\u202e\u2067" + DENIAL + "\u202c\u2069", id="right-to-left marks"),
        pytest.param(DENIAL.replace("Korea", "Ko\u034fr\ufe0fea\U000e0041").replace("Rus", "R\u3164us"), id="fillers and tags"),
        pytest.param(CYRILLIC, id="Cyrillic homoglyphs"),
        pytest.param(DENIAL.replace("ie", "i\u00ade").replace("st", "\ufb06"), id="soft hyphens and ligatures"),
        pytest.param(DENIAL.replace("North", "\ud800North").replace("Russia", "Rus\udfffsia"), id="lone surrogates"),
        pytest.param(DENIAL.replace(" ", "&nbsp;").replace("'", "&#8217;"), id="character references"),
        pytest.param(f"<p class='lead'>{DENIAL.replace('North', '<b>North</b>').replace('denied', '<i>denied</i>')}</p>", id="tags"),
        pytest.param(DENIAL.replace(" ", " \t\u00a0\u2003"), id="odd spaces"),
    ],
)
def test_a_disguise_changes_nothing(tagger: Tagger, text: str) -> None:
    assert found(tagger, text) == found(tagger, DENIAL) == [[("foreign_troops", "deny", ("KP",), "RU", "KP")]]


def test_capitals_are_read(tagger: Tagger) -> None:
    assert found(tagger, DENIAL.upper()) == [[("foreign_troops", "deny", ("KP",), "RU", "KP")]]


@pytest.mark.parametrize("end", ["\r", "\x0c", "\u2028", "<br>", "</p><p>"])
def test_sentences_that_no_full_stop_parts_are_read_apart(tagger: Tagger, end: str) -> None:
    assert [len(mentions) for mentions in found(tagger, f"Weather for Tuesday{end}{DENIAL}{end}Rain")] == [0, 1, 0]


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\ufeff", "\ud800\udbff", "&#8203;", "<p></p>", "\x00"])
def test_no_text_is_no_sentence(tagger: Tagger, text: str) -> None:
    assert found(tagger, text, title=DENIAL) == []


@pytest.mark.parametrize("title", ["\ud800", "\u202e" + DENIAL, DENIAL * 1000, "\U0001f642" * 1000, "<b>", "9" * 1000, "[SEP] [CLS] [PAD]"])
def test_no_title_stops_a_text_from_being_read(tagger: Tagger, title: str) -> None:
    with seconds_of_processor(10):
        assert len(found(tagger, DENIAL, title)) == 1


@pytest.mark.parametrize("text", ["[CLS] [SEP] [PAD] [MASK] [UNK]", "?!…" * 200, "\U0001f642" * 300, "北京" * 200, "Москва" * 50, "ﷺ" * 90])
def test_odd_text_holds_nothing(tagger: Tagger, text: str) -> None:
    assert not any(found(tagger, text))


def test_a_number_without_end_counts_nobody(tagger: Tagger) -> None:
    (mentions,) = tagger.tag([Text("", [DENIAL.replace("any soldiers", f"any of its {'9' * 400} soldiers")])])[0]
    assert [mention.count for mention in mentions] in ([None], [])


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("text", "least"),
    [
        pytest.param("word " * 200_000, 200, id="words"),
        pytest.param("w" * 1_000_000, 200, id="a word"),
        pytest.param("9" * 1_000_000, 200, id="a number"),
        pytest.param("\u201c" * 1_000_000 + "a. b", 200, id="quotes"),
        pytest.param("<p " * 350_000, 200, id="half a tag"),
        pytest.param("a" + "\u0316\u0300" * 500_000, 1, id="marks on a letter"),
        pytest.param("\u044fa" * 500_000, 200, id="mixed alphabets"),
        pytest.param("\ud800" * 1_000_000, 0, id="surrogates"),
    ],
)
def test_a_megabyte_without_a_full_stop_is_read_in_bounded_time(tagger: Tagger, text: str, least: int) -> None:
    with seconds_of_processor(60):
        read = found(tagger, text)
    assert len(read) >= least
    assert not any(read)


def test_five_thousand_sentences_of_a_word_are_read_in_bounded_time(tagger: Tagger) -> None:
    with seconds_of_processor(30):
        assert found(tagger, "Yes.\n" * 5_000) == [[]] * SENTENCES_LIMIT


def test_what_stands_deep_in_an_endless_sentence_is_read(tagger: Tagger) -> None:
    filler = "the rain fell on the hills above the town, " * 30
    read = found(tagger, f"{filler}but {DENIAL[:-1]}, and {filler}")
    assert ("foreign_troops", "deny") in [mention[:2] for mentions in read for mention in mentions]


def test_many_short_sentences_and_a_long_one_fit_into_memory() -> None:
    """The gate pads every sentence to the longest: the text that costs most. In a process of its own, whose peak is its own."""
    code = """
import resource
from classify.model import Model
from classify.sentences import Text, split
from classify.tag import Tagger
tagger = Tagger(Model())
tagger.tag([Text("", split("Yes.\\n" * 50_000).sentences[:-1] + ["soldiers said that troops of the army had " * 16])])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert int(done.stdout) < 700_000, "KiB, as Linux counts"
