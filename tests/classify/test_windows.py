import pytest
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from classify.model import WEIGHTS
from classify.windows import CONTEXT_SENTENCES, SENTENCE_TOKENS, WINDOW_TOKENS, windows


@pytest.fixture(scope="module")
def tokeniser() -> PreTrainedTokenizerBase:
    return PreTrainedTokenizerFast.from_pretrained(WEIGHTS)


def sentences(count: int, words: int = 20) -> list[str]:
    return [f"Sentence {number} says {'word ' * words}." for number in range(count)]


def test_a_short_article_is_one_window(tokeniser: PreTrainedTokenizerBase) -> None:
    (window,) = windows(tokeniser, "A title", ["First.", "Second."])
    assert window.index == [-1, 0, 1]
    assert window.own == [False, True, True]
    assert [unit.text for unit in window.units] == ["A title", "First.", "Second."]


@pytest.mark.parametrize("title", ["", "A title of some words", "word " * 200])
def test_every_sentence_is_own_in_exactly_one_window(tokeniser: PreTrainedTokenizerBase, title: str) -> None:
    laid = windows(tokeniser, title, sentences(40))
    own = [index for window in laid for index, own in zip(window.index, window.own, strict=True) if own]
    assert own == list(range(40))
    assert all(len(window.ids) <= WINDOW_TOKENS for window in laid)


def test_a_later_window_starts_with_context(tokeniser: PreTrainedTokenizerBase) -> None:
    second = windows(tokeniser, "", sentences(20))[1]
    assert [own for own in second.own if not own] == [False] * CONTEXT_SENTENCES
    assert second.index == list(range(second.index[0], second.index[0] + len(second.index)))


def test_a_sentence_without_end_is_cut_and_fits(tokeniser: PreTrainedTokenizerBase) -> None:
    laid = windows(tokeniser, "word " * 500, ["word " * 5000, "Next."])
    assert max(len(window.ids) for window in laid) <= WINDOW_TOKENS
    assert len(laid[0].units[1].ids) == SENTENCE_TOKENS


def test_the_positions_of_some_characters(tokeniser: PreTrainedTokenizerBase) -> None:
    (window,) = windows(tokeniser, "Title", ["Maria Zakharova confirmed it."])
    start = "Maria Zakharova confirmed it.".index("Zakharova")
    positions = window.positions(1, start, start + len("Zakharova"))
    assert tokeniser.decode([window.ids[p] for p in positions]) == "zakharova"
    assert window.mask(1)[positions].all()


def test_no_sentence_is_no_window(tokeniser: PreTrainedTokenizerBase) -> None:
    assert windows(tokeniser, "Title", []) == []
