"""One lane a side: from when to when it held which stance, on one time axis. Pure; places in percent of the width."""

from dataclasses import dataclass

from alerts.ledger.views import ClaimPage, PositionView
from alerts.nouns import Claim
from alerts.web.timeline import Axis, Tick
from alerts.web.words import full, stance_word
from alerts.wording import side_name

#: Pixels by which a mark stands right of another one of the same moment.
SHIFT = 20
ROLES = {"foreign_troops": ("sends them", "hosts them"), "escalation": ("takes the step", "where it happens")}


@dataclass(frozen=True, slots=True)
class Band:
    """A stance held from `x` on, for `width` percent."""

    x: float
    width: float
    stance: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a position begins."""

    position: int
    x: float
    shift: int
    stance: str
    label: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One side's positions; `reports` are the places of the articles that report them."""

    side: str
    role: str
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    reports: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """All lanes of a claim."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


def draw(page: ClaimPage) -> Drawing:
    """The lanes of the claim: who sends first, then who hosts, then the others."""
    axis = claim_axis(page)
    sides = sorted(page.positions, key=lambda side: _rank(page.claim, side))
    lanes = tuple(_lane(axis, side, role(page.claim, side), page.positions[side]) for side in sides)
    return Drawing(lanes, tuple(axis.ticks()))


def claim_axis(page: ClaimPage) -> Axis:
    """The time over which anything was said of the claim."""
    return Axis.over([page.claim.first_seen, page.claim.updated, *(p.since for held in page.positions.values() for p in held)])


def role(claim: Claim, side: str) -> str:
    """What the side has to do with the claim; empty for an outsider."""
    sends, hosts = ROLES[claim.topic]
    return sends if side in claim.force else hosts if side == claim.place else ""


def _rank(claim: Claim, side: str) -> int:
    return 0 if side in claim.force else 1 if side == claim.place else 2


def _lane(axis: Axis, side: str, role: str, held: tuple[PositionView, ...]) -> Lane:
    bands, marks = [], []
    for index, position in enumerate(held):
        x = axis.at(position.since)
        until = axis.at(held[index + 1].since) if index + 1 < len(held) else 100.0
        if until > x:
            bands.append(Band(x, round(until - x, 2), position.stance))
        shift = SHIFT * sum(other.since == position.since for other in held[:index])
        label = f"{side_name(side)} {stance_word(position.stance, side)}, {full(position.since)}"
        marks.append(Mark(position.id, x, shift, position.stance, label))
    reports = tuple((axis.at(source.published), position.stance) for position in held for source in position.sources)
    return Lane(side, role, tuple(bands), tuple(marks), reports)
