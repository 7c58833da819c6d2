"""Splits an article's text into sentences. Every line of the text is a paragraph and ends a sentence; what is too long is cut, and said so.

Normalises first what only deceives: marks that nobody sees, letters in disguise, lone surrogates, what is left of HTML.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from itertools import islice

from sentencex import segment

from classify.lookalikes import plain_letters

TEXT_LIMIT = 200_000  # characters; the longest real reports are half of it
#: Sentences; the gate sees all of a text's at once, and takes 0.2 MB for each where one of them is long.
SENTENCES_LIMIT = 2_000
#: Characters; 160 tokens, which is what the model reads of a sentence, are seldom fewer, and real sentences seldom longer.
SENTENCE_LIMIT = 600
LINE_LIMIT = 2_000  # characters
#: Characters; sentencex takes quadratic time where many quotes open and none closes. Long enough to hold several sentences.
PIECE = 5 * SENTENCE_LIMIT
#: Marks in a row on one letter: Unicode's stream-safe limit (UAX 15). Sorting more of them takes quadratic time.
MARKS = 30
FOREIGN_RUN = re.compile(rf"[^\x00-\u02ff]{{{MARKS}}}")  # what any such row is; quickly looked for

LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
#: Soft hyphen, joiners, fillers, direction and annotation marks, variation selectors, tags; controls but tab and line end; surrogates.
INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff9-\ufffb\U000e0000-\U000e0fff]|[\x00-\x08\x0e-\x1f\x7f-\x9f]|[\ud800-\udfff]"
)
SPACES = re.compile(r"[^\S\n]+")
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,31}\d{0,2});")
#: Tags by their names, so that <word> stays; of those that end a line, the line end is kept.
TAG = re.compile(
    r"<(?:/?(?P<block>p|div|br|li|[uo]l|h[1-6]|t[rdh]|table|blockquote|hr)"
    r"|/?(?:a|b|i|u|s|em|strong|span|font|small|su[bp]|mark|q|cite|time|img|abbr|figure|figcaption))(?=[\s/>])[^<>]{0,1000}>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A title and the sentences under it; `first` is the number of the first one, -1 where the title itself is the only sentence."""

    title: str
    sentences: Sequence[str]
    first: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """The sentences of a text, and whether its end was cut off."""

    sentences: list[str]
    cut: bool


def clean(text: str) -> str:
    """The text in composed form (NFC) and plain letters, without what a reader cannot see, with single spaces."""
    text = INVISIBLE.sub("", LINE_ENDS.sub("\n", _without_markup(text)))
    if not text.isascii():
        # Removing marks and composing letters can each make work for the other.
        text = INVISIBLE.sub("", unicodedata.normalize("NFC", plain_letters(_few_marks(text))))
    return SPACES.sub(" ", text).strip()


def one_line(text: str) -> str:
    """A title or a sentence that is given: cleaned, on one line, and cut where the model has long stopped reading."""
    return clean(text).replace("\n", " ")[:LINE_LIMIT]


def split(text: str) -> Split:
    """The sentences of this text."""
    whole = clean(text)
    found = (piece for line in whole[:TEXT_LIMIT].split("\n") for sentence in _segments(line) for piece in _bounded(sentence.strip()))
    sentences = list(islice(found, SENTENCES_LIMIT))
    return Split(sentences, len(whole) > TEXT_LIMIT or next(found, None) is not None)


def _without_markup(text: str) -> str:
    if "&" in text:
        text = ENTITY.sub(_character, text)
    return TAG.sub(lambda found: "\n" if found["block"] else "", text) if "<" in text else text


def _character(entity: re.Match[str]) -> str:
    """What a character reference stands for; itself where its name is unknown (html.unescape would read &note; as &not and e;)."""
    return html.unescape(entity[0]) if entity[0][1] == "#" else html5.get(entity[0][1:], entity[0])


def _few_marks(text: str) -> str:
    return _many_marks().sub(r"\1", text) if FOREIGN_RUN.search(text) else text


@cache
def _many_marks() -> re.Pattern[str]:
    """As many marks in a row as a letter may have, followed by more."""
    marks = "".join(chr(code) for code in range(0x300, 0x20000) if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{{MARKS}}})[{marks}]+")


def _segments(line: str) -> Iterator[str]:
    """The line's sentences, found in pieces: the last sentence of a piece may go on, so the next piece starts with it."""
    while len(line) > PIECE:
        found = segment("en", line[:PIECE])
        done = found[:-1] or found
        yield from done
        line = line[sum(map(len, done)) :]
    yield from segment("en", line)


def _bounded(sentence: str) -> Iterator[str]:
    """The sentence, in pieces where it is too long: cut after a semicolon, comma or word of its second half where there is one."""
    while len(sentence) > SENTENCE_LIMIT:
        ends = (sentence.rfind(sign, SENTENCE_LIMIT // 2, SENTENCE_LIMIT) + 1 for sign in ("; ", ", ", " "))
        end = next(filter(None, ends), SENTENCE_LIMIT)
        yield sentence[:end].rstrip()
        sentence = sentence[end:].lstrip()
    if sentence:
        yield sentence
