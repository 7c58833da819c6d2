import pytest

from classify.sentences import LINE_LIMIT, MARKS, PIECE, SENTENCE_LIMIT, SENTENCES_LIMIT, TEXT_LIMIT, clean, one_line, split


def test_abbreviations_and_quotations_end_no_sentence() -> None:
    text = 'Gen. Valery Gerasimov told Mr. Putin so. "They fought heroically," he said. The U.S. State Department declined to comment.'
    assert split(text).sentences == [
        "Gen. Valery Gerasimov told Mr. Putin so.",
        '"They fought heroically," he said.',
        "The U.S. State Department declined to comment.",
    ]


def test_a_line_ends_a_sentence() -> None:
    assert split("A heading\nA paragraph. And more").sentences == ["A heading", "A paragraph.", "And more"]


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u200b\ufeff", "\x00\x01"])
def test_nothing_to_read_is_no_sentence(text: str) -> None:
    assert split(text).sentences == []


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x1e", "\x85", "\u2028", "\u2029"])
def test_every_line_end_ends_a_sentence(end: str) -> None:
    assert split(f"A heading{end}A paragraph.").sentences == ["A heading", "A paragraph."]


def test_what_a_reader_cannot_see_is_taken_out() -> None:
    assert clean("Nor\u200bth\u202e Ko\ud800rean\x00 tro\u00adops") == "North Korean troops"
    assert clean("Nor\u034fth\ufe0f Ko\U000e0041rean\U000e007f tr\u3164oops\ufff9") == "North Korean troops"


def test_composed_and_decomposed_letters_are_one() -> None:
    assert clean("E\u0301lyse\u0301e") == "Élysée"


@pytest.mark.parametrize(
    "text",
    [
        "N\u0301orth",
        "e\u200b\u0301",
        "\ufb01\u0301",
        "\u043e\u0301ther",
        "\uff4e\u0303o",
        "&#x301;e&#769;",
        "a" + "\u0316\u0301" * 40,
        "&lt;b&gt;",
        "\u1100\u1161",
    ],
)
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) in (once, "")  # the text of an escaped tag is a tag the second time


def test_marks_on_a_letter_are_bounded() -> None:
    assert len(clean("a" + "\u0316\u0300" * 1000)) <= MARKS + 1
    assert clean("a\u0323\u0301") == "\u1ea1\u0301"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("North&nbsp;Korea&#8217;s &quot;aid&quot; &amp; more", 'North Korea\u2019s "aid" & more'),
        ("<p class='x'>It <b>denied</b> <a href=\"/x?a=1&amp;b=2\">that</a>.</p>", "It denied that."),
        ("One.<br/>Two.<BR>Three.", "One.\nTwo.\nThree."),
        ("<div>One</div><div>Two</div>", "One\n\nTwo"),
        ("x < y and y > z, <word>, AT&T; R&D;", "x < y and y > z, <word>, AT&T; R&D;"),
        ("&#xD800;&#0;&#x110000;&#8203;&notanentity;", "\ufffd\ufffd\ufffd&notanentity;"),
    ],
)
def test_what_is_left_of_html_is_read_as_text(text: str, plain: str) -> None:
    assert clean(text) == plain


def test_a_given_line_is_one_line_and_bounded() -> None:
    assert one_line("  A title<br>of\u2028three lines ") == "A title of three lines"
    assert len(one_line("word " * 10_000)) == LINE_LIMIT


def test_a_megabyte_is_cut_and_said_so() -> None:
    done = split("word " * 200_000)
    assert done.cut
    assert sum(map(len, done.sentences)) <= TEXT_LIMIT
    assert max(map(len, done.sentences)) <= SENTENCE_LIMIT
    assert not split("Short.").cut


def test_more_sentences_than_can_be_read_are_cut_and_said_so() -> None:
    done = split("Yes.\n" * 5_000)
    assert (len(done.sentences), done.cut) == (SENTENCES_LIMIT, True)
    assert not split("Yes. " * SENTENCES_LIMIT).cut


def test_an_endless_sentence_is_cut_where_it_pauses() -> None:
    clause = "the ministry said that its soldiers had gone home, "
    pieces = split(clause * 40).sentences
    assert len(pieces) > 2
    assert all(piece.endswith("home,") for piece in pieces)
    assert " ".join(pieces) == (clause * 40).strip()
    assert " ".join(split("word " * 500).sentences) == ("word " * 500).strip(), "between words, where there is no clause"


def test_the_sentences_of_a_long_line_are_those_of_short_ones() -> None:
    sentences = [f'Gen. No. {number} told the U.S. envoy: "We sent {number} men." He said no more.' for number in range(200)]
    assert len(" ".join(sentences)) > 3 * PIECE
    assert split(" ".join(sentences)).sentences == [one for sentence in sentences for one in split(sentence).sentences]


def test_what_nobody_sees_does_not_count_as_length() -> None:
    done = split("\u200b" * (TEXT_LIMIT + 1) + "It denied that.")
    assert (done.sentences, done.cut) == (["It denied that."], False)
