from dataclasses import replace

import pytest

from alerts.claims import Subject, belongs_to, place_gained
from alerts.nouns import Claim
from tests.alerts.samples import at

KP_RU = Claim(1, "foreign_troops", ("KP",), "RU", at(0), at(10))
KP_UA = Claim(2, "foreign_troops", ("KP",), "UA", at(0), at(20))
CN_KP_RU = Claim(3, "foreign_troops", ("CN", "KP"), "RU", at(0), at(5))
KP = Claim(4, "foreign_troops", ("KP",), None, at(0), at(1))
NOBODY_RU = Claim(5, "foreign_troops", (), "RU", at(0), at(1))
NOBODY = Claim(6, "foreign_troops", (), None, at(0), at(1))
RU_UA = Claim(7, "escalation", ("RU",), "UA", at(0), at(1))


def subject(force: str = "KP", place: str | None = "RU", topic: str = "foreign_troops", hours: float = 30) -> Subject:
    return Subject(topic, tuple(force.split()), place, at(hours))


CASES = {
    "its own": (subject(), [KP_UA, KP_RU], set(), KP_RU),
    "its own rather than a wider one": (subject(), [CN_KP_RU, KP_RU], set(), KP_RU),
    "none yet": (subject(), [KP_UA, RU_UA], set(), None),
    "another topic": (subject(topic="escalation"), [KP_RU], set(), None),
    "a subset of the force": (subject(), [CN_KP_RU], set(), CN_KP_RU),
    "a superset of the force": (subject("CN KP"), [KP_RU], set(), KP_RU),
    "neither subset nor superset": (subject("KP LA"), [CN_KP_RU], set(), None),
    "another place": (subject(place="UA"), [KP_RU], set(), None),
    "no place: the article's claim": (subject(place=None), [KP_RU, KP_UA], {1}, KP_RU),
    "no place: the latest": (subject(place=None), [KP_RU, KP_UA], set(), KP_UA),
    "no place: nobody spoke of it for long": (subject(place=None, hours=24 * 120), [KP_RU, KP_UA], set(), None),
    "no place: the claim without one, however old": (subject(place=None, hours=24 * 120), [KP_RU, KP], set(), KP),
    "no place: no wider force unless the article's": (subject(place=None), [CN_KP_RU], set(), None),
    "no place: a wider force, the article's": (subject(place=None), [CN_KP_RU], {3}, CN_KP_RU),
    "a place for a claim without one": (subject(), [KP], set(), KP),
    "a claim with the place first": (subject("CN KP"), [KP, KP_RU], set(), KP_RU),
    "no force: the article's claim": (subject(""), [KP_RU, NOBODY_RU], {1}, KP_RU),
    "no force: nobody's claim there": (subject(""), [KP_RU, NOBODY_RU], set(), NOBODY_RU),
    "no force: never somebody else's": (subject(""), [KP_RU, KP], set(), None),
    "no force, no place: the article's": (subject("", None), [KP_RU, NOBODY], {1}, KP_RU),
    "no force, no place": (subject("", None), [KP_RU, NOBODY], set(), NOBODY),
    "a force does not join nobody's": (subject(), [NOBODY_RU], {5}, None),
}


@pytest.mark.parametrize(("finding", "claims", "article", "joins"), CASES.values(), ids=CASES)
def test_which_claim(finding: Subject, claims: list[Claim], article: set[int], joins: Claim | None) -> None:
    assert belongs_to(finding, claims, article) == joins
    assert belongs_to(finding, claims[::-1], article) == joins


def test_a_claim_learns_its_place_only_of_its_own_force() -> None:
    assert place_gained(subject(), KP) == "RU"
    assert place_gained(subject("CN KP"), KP) is None
    assert place_gained(subject(place=None), KP) is None
    assert place_gained(subject(), replace(KP, place="UA")) is None
