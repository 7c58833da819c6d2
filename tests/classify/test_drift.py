import math
import random
from typing import Any

import pytest

from classify.drift import LEAST, NOTHING, WINDOW, Drift, Seen, reference_of, seen, stability
from classify.labels import Mention


def mentions(*scores: float) -> list[Mention]:
    return [Mention("foreign_troops", "deny", ("KP",), "RU", None, "KP", None, score) for score in scores]


def drawn(count: int, chance: random.Random, middle: float) -> list[list[list[Mention]]]:
    """Articles of four sentences, one with a finding; scores spread around `middle`."""
    return [[mentions(min(1.0, max(0.3, chance.gauss(middle, 0.1)))), [], [], []] for _ in range(count)]


def total(articles: list[list[list[Mention]]]) -> Seen:
    return sum((seen(one) for one in articles), NOTHING)


def test_what_an_article_counts_as() -> None:
    assert seen([mentions(0.1, 0.11, 1.0), [], mentions(0.95)]) == Seen(3, 2, (1, 1, 0, 0, 0, 0, 0, 0, 0, 2))
    assert seen([]) == NOTHING


def test_the_index_is_the_textbooks() -> None:
    # 60 and 40 in a hundred against 50 and 50: 0.1 * ln(1.2) - 0.1 * ln(0.8) = 0.0405
    assert stability([50_000, 50_000], [60_000, 40_000]) == pytest.approx(0.1 * math.log(1.2) - 0.1 * math.log(0.8), abs=1e-4)
    assert stability([3, 5, 2], [300, 500, 200]) == pytest.approx(0, abs=0.01)
    assert math.isfinite(stability([0, 100], [100, 0]))


def test_the_same_source_stays_under_a_tenth_and_another_goes_over_a_quarter() -> None:
    chance = random.Random(1)
    reference = total(drawn(500, chance, 0.7))
    drift = Drift(reference)
    drift.take(drawn(LEAST, chance, 0.7))
    assert drift.scores() < 0.1
    assert drift.sentences() < 0.01
    drift.take(drawn(WINDOW, chance, 0.55))
    assert drift.scores() > 0.25


def test_few_findings_are_not_measured() -> None:
    drift = Drift(Seen(1000, 500, (50,) * 10))
    assert math.isnan(drift.scores())
    drift.take([])
    drift.take([[mentions(0.5), []]] * (LEAST - 1))
    assert math.isnan(drift.scores())
    assert math.isnan(drift.sentences())
    drift.take([[mentions(0.5)]])
    assert drift.scores() > 0


def test_what_is_older_than_the_window_is_forgotten() -> None:
    chance = random.Random(1)
    reference = total(drawn(2000, chance, 0.7))
    drift, fresh, newest = Drift(reference), Drift(reference), drawn(WINDOW, chance, 0.7)
    drift.take(drawn(1000, chance, 0.4))
    drift.take(newest)
    fresh.take(newest)
    assert (drift.scores(), drift.sentences()) == (fresh.scores(), fresh.sentences())


def test_a_reference_goes_into_the_card_and_comes_back() -> None:
    reference = Seen(30, 5, (0, 0, 0, 1, 2, 0, 0, 0, 1, 3))
    assert reference_of({"reference": reference.card()}) == reference
    assert reference_of({}) is None


@pytest.mark.parametrize(
    "kept",
    [
        [],
        {},
        {"sentences": 1, "found": 2, "scores": [0] * 10},
        {"sentences": 1, "found": 0, "scores": [0] * 9},
        {"sentences": 1, "found": 0, "scores": [0] * 9 + [-1]},
        {"sentences": None, "found": 0, "scores": [0] * 10},
        {"sentences": "many", "found": 0, "scores": [0] * 10},
    ],
)
def test_a_spoiled_reference_is_refused(kept: Any) -> None:
    with pytest.raises(ValueError):
        reference_of({"reference": kept})
