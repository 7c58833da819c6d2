"""Which claim a finding belongs to. Pure.

Refuses to guess a force: without one, a finding joins only a claim that its article is about.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.nouns import Claim

#: A claim that nobody has spoken of for so long takes in no finding that lacks a place.
MEMORY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about."""

    topic: str
    force: tuple[str, ...]
    place: str | None
    published: datetime


def belongs_to(subject: Subject, claims: Iterable[Claim], article: Collection[int]) -> Claim | None:
    """The claim that the finding joins, of those given; None where it opens its own. `article`: claims its article is about."""
    topical = [claim for claim in claims if claim.topic == subject.topic]
    for claim in topical:
        if subject.force and subject.place and (set(claim.force), claim.place) == (set(subject.force), subject.place):
            return claim
    near = [claim for claim in topical if _near(subject, claim, claim.id in article)]
    return max(near, key=lambda claim: _closeness(subject, claim, claim.id in article), default=None)


def place_gained(subject: Subject, claim: Claim) -> str | None:
    """The place that a claim without one learns from a finding that joins it."""
    return subject.place if claim.place is None and set(claim.force) == set(subject.force) else None


def _near(subject: Subject, claim: Claim, in_article: bool) -> bool:
    """Whether the finding may join this claim. It always may where the claim says exactly as much, however old it is."""
    if (set(subject.force), subject.place) == (set(claim.force), claim.place):
        return True
    if not subject.force:
        return in_article and subject.place in (None, claim.place)
    if not claim.force or not _overlap(subject.force, claim.force):
        return False
    if subject.place and claim.place:
        return subject.place == claim.place
    if in_article:
        return True
    recent = subject.published - claim.updated <= MEMORY
    return set(subject.force) == set(claim.force) and recent


def _overlap(one: Sequence[str], other: Sequence[str]) -> bool:
    return set(one) <= set(other) or set(other) <= set(one)


def _closeness(subject: Subject, claim: Claim, in_article: bool) -> tuple[bool, bool, bool, datetime, int]:
    """Ranks claims that are near: the same place, the article's own, the same force, the latest, the first made."""
    same_place = claim.place is not None and claim.place == subject.place
    return same_place, in_article, set(claim.force) == set(subject.force), claim.updated, -claim.id
