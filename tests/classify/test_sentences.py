import pytest

from classify.sentences import SENTENCE_LIMIT, TEXT_LIMIT, clean, split


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


def test_what_a_reader_cannot_see_is_taken_out() -> None:
    assert clean("Nor\u200bth\u202e Ko\ud800rean\x00 tro\u00adops") == "North Korean troops"


def test_composed_and_decomposed_letters_are_one() -> None:
    assert clean("E\u0301lyse\u0301e") == "Élysée"


def test_a_megabyte_is_cut_and_said_so() -> None:
    done = split("word " * 200_000)
    assert done.cut
    assert sum(map(len, done.sentences)) <= TEXT_LIMIT
    assert max(map(len, done.sentences)) <= SENTENCE_LIMIT
    assert not split("Short.").cut
