"""What explains a mention agrees with the tagger, and the words that weigh are those whose loss changes the score."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from classify.explain import NEAREST, Explanation, Kind, explain
from classify.occlusion import log_odds, parts
from classify.sentences import Text
from classify.tag import Tagger
from classify.windows import laid_out, windows

DENIAL = "North Korea's foreign ministry denied on Monday that it had sent any soldiers to Russia."
RAIN = "It rained in the hills above the town."


@pytest.fixture(scope="module")
def denial(tagger: Tagger) -> Explanation:
    (one,) = explain(tagger, Text("Pyongyang on Kursk", [DENIAL]))
    return one


def only(one: Explanation) -> Kind:
    (kind,) = one.found
    return kind


def test_what_is_explained_is_what_is_tagged(tagger: Tagger) -> None:
    text = Text("Mali", [DENIAL, RAIN, "The Malian army acknowledged that 200 Russian instructors are in the country."])
    explained = explain(tagger, text)
    assert [[kind.mention for kind in one.found] for one in explained] == tagger.tag([text])[0]
    assert [one.sentence for one in explained] == list(text.sentences)
    assert [one.nearest is None for one in explained] == [True, False, True]


def test_a_mention_is_over_its_threshold_and_the_other_stances_are_of_its_topic(denial: Explanation) -> None:
    kind = only(denial)
    assert kind.mention.stance == "deny"
    assert kind.mention.score >= kind.threshold
    assert {other.stance for other in kind.others} == {"confirm", "allege", "no_comment", "anticipate", "background"}
    assert [other.score for other in kind.others] == sorted((other.score for other in kind.others), reverse=True)
    assert denial.stages.reader == kind.mention.score


def test_the_candidates_of_a_slot_are_likely_and_say_what_points_to_them(denial: Explanation) -> None:
    slots = only(denial).slots
    assert [(one.code, one.names) for one in slots["force"] if one.chosen] == [("KP", ("Pyongyang", "North Korea"))]
    assert [(one.code, one.names) for one in slots["place"] if one.chosen] == [("RU", ("Kursk", "Russia"))]
    for role in ("place", "side"):
        assert 0.5 < sum(one.probability for one in slots[role]) <= 1.0001
        assert len([one for one in slots[role] if one.chosen]) == 1


def test_the_word_that_denies_weighs_most(denial: Explanation) -> None:
    heaviest = max(only(denial).words, key=lambda word: word.weight)
    assert heaviest.text == "denied"
    assert DENIAL[heaviest.start : heaviest.end] == "denied"
    assert heaviest.without < only(denial).mention.score


def test_a_weight_is_what_the_score_loses_when_the_word_is_masked(tagger: Tagger, denial: Explanation) -> None:
    kind = only(denial)
    (word,) = (word for word in kind.words if word.text == "denied")
    (window,) = windows(laid_out(tagger.model.tokeniser, "Pyongyang on Kursk", [DENIAL]))
    for position in window.positions(1, DENIAL.index("denied"), DENIAL.index("denied") + len("denied")):
        window.ids[position] = tagger.model.tokeniser.mask_token_id
    masked = tagger.model.read(window).scores[1, 1]
    assert word.without == pytest.approx(float(masked))
    assert word.weight == pytest.approx(float(log_odds(kind.mention.score) - log_odds(masked)))


def test_title_and_sentences_around_are_weighed_whole(tagger: Tagger) -> None:
    first, second = explain(tagger, Text("Mali on Wagner", [RAIN, DENIAL]))
    assert [(one.index, one.text) for one in only(second).around] == [(-1, "Mali on Wagner"), (0, RAIN)]
    assert first.nearest
    assert [one.index for one in first.nearest.around] == [-1, 1]


def test_where_nothing_was_found_the_nearest_kind_is_explained(tagger: Tagger) -> None:
    (one,) = explain(tagger, Text("", [RAIN]))
    assert not one.found
    assert one.nearest
    assert one.nearest.mention.score < one.nearest.threshold
    assert [word.text for word in one.nearest.words] == RAIN.rstrip(".").split()


def test_words_are_weighed_in_the_nearest_misses_alone(tagger: Tagger) -> None:
    explained = explain(tagger, Text("", ["It rained.", "It snowed.", "Troops may come.", "Soldiers crossed the border.", "They won."]))
    missed = [one.nearest for one in explained if one.nearest]
    weighed = [kind for kind in missed if kind.words]
    assert len(weighed) == NEAREST

    def margin(kind: Kind) -> float:
        return float(log_odds(kind.mention.score) - log_odds(kind.threshold))

    assert min(map(margin, weighed)) >= max(margin(kind) for kind in missed if not kind.words)


def test_a_sentence_that_the_gate_kept_back_is_missed_though_the_reader_would_find_it(
    gated: Callable[[float], Tagger], denial: Explanation
) -> None:
    strict, text = gated(100), Text("Pyongyang on Kursk", [DENIAL])
    assert strict.tag([text]) == [[[]]]
    (one,) = explain(strict, text)
    assert not one.found
    assert not one.stages.passed
    assert one.nearest == only(denial), "as the reader would have found it"
    assert denial.stages.passed


def test_sentences_stay_in_order_where_the_gate_keeps_some_back(tagger: Tagger, gated: Callable[[float], Tagger]) -> None:
    text = Text("", ["It snowed.", DENIAL, "They won."])
    stricter = gated(float(np.sort(tagger.model.gate(laid_out(tagger.model.tokeniser, "", text.sentences)))[-2]) + 0.01)
    explained = explain(stricter, text)
    assert sum(one.stages.passed for one in explained) == 1
    assert [one.index for one in explained] == [0, 1, 2]
    assert [one.sentence for one in explained] == list(text.sentences)
    assert [[kind.mention for kind in one.found] for one in explained] == stricter.tag([text])[0]


def test_a_title_alone_is_sentence_minus_one(tagger: Tagger) -> None:
    (one,) = explain(tagger, Text("", ["It rained."], first=-1))
    assert one.index == -1


def test_progress_ends_where_it_said(tagger: Tagger) -> None:
    told: list[tuple[int, int]] = []
    explain(tagger, Text("", ["It rained.", "It snowed hard."]), progress=lambda done, total: told.append((done, total)))
    total = told[-1][1]
    assert total >= len("It rained. It snowed hard.".split())
    assert told == [(done, total) for done in range(1, total + 1)]


def test_no_sentence_is_no_explanation(tagger: Tagger) -> None:
    assert explain(tagger, Text("Title", [])) == []


def test_a_word_keeps_together_what_belongs_together(tagger: Tagger) -> None:
    (window,) = windows(laid_out(tagger.model.tokeniser, "", ["Korea's 11,000 U.S.-backed men (no more)."]))
    assert [part.text for part in parts(window, 0)] == ["Korea's", "11,000", "U.S", "backed", "men", "no", "more"]


def test_a_word_past_the_end_of_what_is_read_is_no_part(tagger: Tagger) -> None:
    (window,) = windows(laid_out(tagger.model.tokeniser, "", ["word " * 400]))
    assert len(parts(window, 0)) == len(window.units[0].ids)


def test_an_explanation_is_immutable(denial: Explanation) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        denial.index = 3  # type: ignore[misc]
