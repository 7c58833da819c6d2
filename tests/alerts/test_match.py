from typing import Any

import pytest

from alerts.match import wants
from alerts.nouns import Subscription
from tests.alerts.samples import alert


@pytest.mark.parametrize(
    ("conditions", "wanted"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"topics": ("foreign_troops",)}, True),
        ({"topics": ("escalation",)}, False),
        ({"forces": ("CN", "KP")}, True),
        ({"forces": ("CN",)}, False),
        ({"places": ("RU",)}, True),
        ({"places": ("UA",)}, False),
        ({"sides": ("RU", "KP")}, True),
        ({"sides": ("KP",)}, False),
        ({"reasons": ("reversal",)}, True),
        ({"reasons": ("first_denial",)}, False),
        ({"least_score": 0.93}, True),
        ({"least_score": 0.94}, False),
        ({"topics": ("foreign_troops",), "sides": ("KP",)}, False),
    ],
)
def test_each_condition(conditions: dict[str, Any], wanted: bool) -> None:
    assert wants(Subscription("1", "desk", "terminal:", **conditions), alert()) is wanted


def test_what_the_alert_does_not_tell_meets_no_condition() -> None:
    assert not wants(Subscription("1", "desk", "terminal:", places=("RU",)), alert(place=None))
    assert not wants(Subscription("1", "desk", "terminal:", forces=("KP",)), alert(force=()))
