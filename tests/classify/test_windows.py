import pytest
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from classify.model import WEIGHTS
from classify.windows import CONTEXT_SENTENCES, SENTENCE_TOKENS, WINDOW_TOKENS, laid_out, windows


@pytest.fixture(scope="module")
def tokeniser() -> PreTrainedTokenizerBase:
    return PreTrainedTokenizerFast.from_pretrained(WEIGHTS)


def sentences(count: int, words: int = 20) -> list[str]:
    return [f"Sentence {number} says {'word ' * words}." for number in range(count)]


def test_a_short_article_is_one_window(tokeniser: PreTrainedTokenizerBase) -> None:
    (window,) = windows(laid_out(tokeniser, "A title", ["First.", "Second."]))
    assert window.index == [-1, 0, 1]
    assert window.own == [False, True, True]
    assert [unit.text for unit in window.units] == ["A title", "First.", "Second."]


@pytest.mark.parametrize("title", ["", "A title of some words", "word " * 200])
def test_every_sentence_is_own_in_exactly_one_window(tokeniser: PreTrainedTokenizerBase, title: str) -> None:
    laid = windows(laid_out(tokeniser, title, sentences(40)))
    own = [index for window in laid for index, own in zip(window.index, window.own, strict=True) if own]
    assert own == list(range(40))
    assert all(len(window.ids) <= WINDOW_TOKENS for window in laid)


def test_a_later_window_starts_with_context(tokeniser: PreTrainedTokenizerBase) -> None:
    second = windows(laid_out(tokeniser, "", sentences(20)))[1]
    assert [own for own in second.own if not own] == [False] * CONTEXT_SENTENCES
    assert second.index == list(range(second.index[0], second.index[0] + len(second.index)))


def test_a_sentence_without_end_is_cut_and_fits(tokeniser: PreTrainedTokenizerBase) -> None:
    laid = windows(laid_out(tokeniser, "word " * 500, ["word " * 5000, "Next."]))
    assert max(len(window.ids) for window in laid) <= WINDOW_TOKENS
    assert len(laid[0].units[1].ids) == SENTENCE_TOKENS


def test_the_positions_of_some_characters(tokeniser: PreTrainedTokenizerBase) -> None:
    (window,) = windows(laid_out(tokeniser, "Title", ["Maria Zakharova confirmed it."]))
    start = "Maria Zakharova confirmed it.".index("Zakharova")
    positions = window.positions(1, start, start + len("Zakharova"))
    assert tokeniser.decode([window.ids[p] for p in positions]) == "zakharova"
    assert window.mask(1)[positions].all()


def test_no_sentence_is_no_window(tokeniser: PreTrainedTokenizerBase) -> None:
    assert windows(laid_out(tokeniser, "Title", [])) == []


def test_only_wanted_sentences_are_own_and_what_is_far_from_them_is_not_read(tokeniser: PreTrainedTokenizerBase) -> None:
    wanted = [number in (5, 8, 20) for number in range(30)]
    laid = windows(laid_out(tokeniser, "Title", sentences(30, words=2)), wanted)
    own = [[index for index, own in zip(window.index, window.own, strict=True) if own] for window in laid]
    assert own == [[5, 8], [20]]
    assert [window.index for window in laid] == [[-1, 3, 4, 5, 6, 7, 8], [-1, 18, 19, 20]]


def test_nothing_wanted_is_nothing_read(tokeniser: PreTrainedTokenizerBase) -> None:
    assert windows(laid_out(tokeniser, "Title", sentences(3)), [False] * 3) == []


def test_a_special_token_that_is_spelt_out_is_text(tokeniser: PreTrainedTokenizerBase) -> None:
    (window,) = windows(laid_out(tokeniser, "", ["He said [SEP] it."]))
    assert tokeniser.convert_ids_to_tokens(window.units[0].ids) == ["he", "said", "[", "sep", "]", "it", "."]
