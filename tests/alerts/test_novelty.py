from itertools import count, permutations
from typing import Any

import pytest

from alerts.nouns import Position
from alerts.novelty import LATE, Decision, Report, decide, held
from tests.alerts.samples import at

#: (stance, hours after the morning[, article]) in order of arrival; what becomes of the last one.
CASES = {
    "a first confirmation": ([("confirm", 0)], "new", "first_confirmation"),
    "a first denial": ([("deny", 0)], "new", "first_denial"),
    "a first allegation holds a position, quietly": ([("allege", 0)], "new", None),
    "no comment holds a position, quietly": ([("no_comment", 0)], "new", None),
    "background with a side is a slip of the model": ([("background", 0)], "nothing", None),
    "a further source": ([("confirm", 0), ("confirm", 1)], "source", None),
    "denied, then confirmed": ([("deny", 0), ("confirm", 24)], "new", "reversal"),
    "confirmed, then denied": ([("confirm", 0), ("deny", 24)], "new", "reversal"),
    "no comment, then confirmed": ([("no_comment", 0), ("confirm", 24)], "new", "reversal"),
    "no comment, then denied": ([("no_comment", 0), ("deny", 24)], "new", "reversal"),
    "alleged, then confirmed": ([("allege", 0), ("confirm", 24)], "new", "first_confirmation"),
    "announced, then confirmed": ([("anticipate", 0), ("confirm", 24)], "new", "first_confirmation"),
    "every swing": ([("deny", 0), ("confirm", 24), ("deny", 48)], "new", "reversal"),
    "and back": ([("deny", 0), ("confirm", 24), ("deny", 48), ("confirm", 72)], "new", "reversal"),
    "denied, no comment": ([("deny", 0), ("no_comment", 24)], "new", None),
    "denied, no comment, denied again": ([("deny", 0), ("no_comment", 24), ("deny", 48)], "new", None),
    "denied, no comment, confirmed": ([("deny", 0), ("no_comment", 24), ("confirm", 48)], "new", "reversal"),
    "confirmed, then silent on details": ([("confirm", 0), ("no_comment", 24)], "nothing", None),
    "confirmed, an unnamed official alleges": ([("confirm", 0), ("allege", 24)], "nothing", None),
    "denied, an unnamed official alleges": ([("deny", 0), ("allege", 24)], "nothing", None),
    "denied, then threatens": ([("deny", 0), ("anticipate", 24)], "nothing", None),
    "alleged, expects more": ([("allege", 0), ("anticipate", 24)], "nothing", None),
    "expected, then alleged": ([("anticipate", 0), ("allege", 24)], "new", None),
    "alleged, no comment": ([("allege", 0), ("no_comment", 24)], "new", None),
    "no comment, alleged, then confirmed": ([("no_comment", 0), ("allege", 24), ("confirm", 48)], "new", "first_confirmation"),
    # One article with two stances of one side.
    "instructors yes": ([("confirm", 0, "a"), ("deny", 0, "a")], "new", "first_denial"),
    "both are held: a further denial": ([("confirm", 0, "a"), ("deny", 0, "a"), ("deny", 24)], "source", None),
    "both are held: a further confirmation": ([("confirm", 0, "a"), ("deny", 0, "a"), ("confirm", 24)], "source", None),
    "confirms, and recalls the denial": ([("deny", 0), ("confirm", 24, "a"), ("deny", 24, "a")], "source", None),
    "recalls the denial first, then confirms": ([("deny", 0), ("deny", 24, "a"), ("confirm", 24, "a")], "new", "reversal"),
    "a reprint recalls the denial first": ([("deny", 0), ("confirm", 24), ("deny", 25, "b"), ("confirm", 25, "b")], "source", None),
    "confirms, and withholds details": ([("confirm", 0, "a"), ("no_comment", 0, "a")], "nothing", None),
    "withholds details, and confirms": ([("no_comment", 0, "a"), ("confirm", 0, "a")], "new", "first_confirmation"),
    "no comment, then expects more": ([("no_comment", 0, "a"), ("anticipate", 0, "a")], "nothing", None),
    "says the same twice": ([("confirm", 0, "a"), ("confirm", 0, "a")], "source", None),
    # Arrival out of order.
    "an older denial after the confirmation": ([("confirm", 24), ("deny", 0)], "new", None),
    "an older confirmation, hours after": ([("no_comment", 2), ("confirm", 1)], "new", "first_confirmation"),
    "an older confirmation, a day after": ([("no_comment", 30), ("confirm", 1)], "new", None),
    "the original after its reprint": ([("confirm", 2), ("confirm", 1)], "source", None),
    "an older denial, known": ([("deny", 0), ("confirm", 24), ("deny", 12)], "source", None),
    "an older silence between": ([("deny", 0), ("confirm", 24), ("no_comment", 12)], "new", None),
    "at the same minute": ([("deny", 0), ("confirm", 0)], "new", "reversal"),
}


def run(reports: list[Any], side: str = "RU") -> tuple[Decision, list[Position]]:
    """Give the reports in order; the last decision and the history that they leave."""
    ids = count(1)
    history: list[Position] = []
    said: dict[str, set[str]] = {}
    articles = [report[2] if len(report) > 2 else f"article {place}" for place, report in enumerate(reports)]
    for article, report in zip(articles, reports, strict=True):
        said.setdefault(article, set()).add(report[0])
    decision = Decision()
    for article, (stance, hours, *_) in zip(articles, reports, strict=True):
        decision = decide(history, Report(side, stance, at(hours), article, frozenset(said[article] - {stance})))
        if decision.new:
            history.append(Position(next(ids), side, stance, at(hours), article))
            history.sort(key=lambda position: (position.since, position.id))
    return decision, history


@pytest.mark.parametrize(("reports", "becomes", "reason"), CASES.values(), ids=CASES)
def test_what_becomes_of_the_last_report(reports: list[Any], becomes: str, reason: str | None) -> None:
    decision, _ = run(reports)
    assert ("new" if decision.new else "source" if decision.source else "nothing") == becomes
    assert decision.reason == reason


@pytest.mark.parametrize("side", ["anonymous", "media", "expert"])
def test_nobody_in_particular_alerts_nobody(side: str) -> None:
    decision, _ = run([("confirm", 0)], side)
    assert decision.new
    assert decision.reason is None


@pytest.mark.parametrize("side", ["RU", "NATO", "nonstate"])
def test_countries_bodies_and_armed_groups_alert(side: str) -> None:
    assert run([("confirm", 0)], side)[0].reason == "first_confirmation"


def test_previous_is_what_the_side_held_just_before() -> None:
    decision, history = run([("deny", 0), ("no_comment", 24), ("confirm", 48)])
    assert decision.previous == history[1]
    assert decision.previous.stance == "no_comment"


def test_how_late_is_too_late() -> None:
    hours = LATE.total_seconds() / 3600
    assert run([("no_comment", hours), ("confirm", 0)])[0].reason == "first_confirmation"
    assert run([("no_comment", hours + 0.1), ("confirm", 0)])[0].reason is None


def test_a_late_confirmation_is_the_one_that_later_reprints_join() -> None:
    decision, history = run([("no_comment", 2), ("confirm", 1), ("confirm", 3)])
    assert [position.stance for position in history] == ["confirm", "no_comment"]
    assert decision.source == history[0]
    assert held(history) == [history[0]]


def test_any_order_of_arrival_within_hours_alerts_once() -> None:
    reports = [("confirm", 1), ("confirm", 2), ("confirm", 3), ("no_comment", 0.5)]
    for order in permutations(reports):
        alerts = [run(list(order[: length + 1]))[0].reason for length in range(len(order))]
        assert len([reason for reason in alerts if reason]) == 1, order
