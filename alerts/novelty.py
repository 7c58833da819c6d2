"""Whether a report makes a side's position new, and whether that alerts. Pure; docs/alerts.md tells the same in words.

Refuses to count the same thing twice: a position that is reported again gains a source, nothing more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.nouns import Position, Reason

#: The stances that alert; the others are kept and shown.
FIRM = frozenset({"confirm", "deny"})
#: Sides that are nobody in particular: what they say never alerts. Armed groups (`nonstate`) are parties and do.
UNNAMED = frozenset({"anonymous", "media", "expert"})
#: A weaker word leaves a stronger one standing: an unnamed official's allegation does not undo a ministry's.
WEIGHT = {"anticipate": 1, "allege": 2, "no_comment": 2, "confirm": 3, "deny": 3}
#: How far an article may trail the side's newest position and still alert. Feeds date by the hour and arrive in any order
#: within a few; what is older than this is history, not news.
LATE = timedelta(hours=6)

#: Sentences that tell what is new; news is written from the top down, and background stands below.
LEAD = 3


@dataclass(frozen=True, slots=True)
class Report:
    """One side's stance on one claim, as one article reports it."""

    side: str
    stance: str
    published: datetime
    article: str
    also: frozenset[str] = frozenset()  # other stances that the same article reports of this side on this claim
    in_lead: bool = True  # in the title or the first LEAD sentences


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a report: it opens a new position, is a source of `source`, or, with neither, says nothing new."""

    new: bool = False
    source: Position | None = None
    reason: Reason | None = None
    previous: Position | None = None
    returns_to: Position | None = None  # the side held this stance before, and gave it up


def decide(history: Sequence[Position], report: Report) -> Decision:
    """Judge a report against that side's positions on that claim, which are in order of (since, id)."""
    others = [position for position in history if position.article != report.article]
    earlier = [position for position in others if position.since <= report.published]
    later = [position for position in others if position.since > report.published]
    holding = held(earlier)
    own = [position for position in history if position.article == report.article]
    if known := _last(own, report.stance) or _last(holding, report.stance) or _first(later, report.stance):
        return Decision(source=known)
    before = _last(earlier, report.stance)
    if before and (not report.in_lead or report.also & (FIRM | _stances(holding))):
        return Decision(source=before)  # recalled: the article's news is something else
    if not _displaces(report.stance, _stances(holding), report.also):
        return Decision()
    reason, previous = _reason(earlier, holding, report)
    if later and (_stances(later) & FIRM or later[-1].since - report.published > LATE):
        reason = None  # it completes the history; the desk knows something newer
    return Decision(new=True, reason=reason, previous=previous, returns_to=before)


def held(history: Sequence[Position]) -> list[Position]:
    """What a side holds after these positions: mostly one, two where one article has both ("instructors yes, mercenaries no").

    A position that arrived late may have been overtaken by what was recorded before it; it is passed over here.
    """
    holding: list[Position] = []
    for position in history:
        if holding and position.article == holding[-1].article:
            holding.append(position)
        elif _displaces(position.stance, _stances(holding)):
            holding = [position]
    return holding


def _displaces(stance: str, holding: Collection[str], also: Collection[str] = ()) -> bool:
    """Whether a stance takes the place of those held. `also`: what the same article reports beside it."""
    if stance not in WEIGHT:
        return False
    if stance in FIRM or not holding and not also:
        return True
    if set(also) & set(holding) or any(WEIGHT.get(other, 0) > WEIGHT[stance] for other in also):
        return False  # the article's stronger word is the side's position
    if "confirm" in holding:
        return False  # who has confirmed and then will not comment withholds details
    if "deny" in holding:
        return stance == "no_comment"
    return all(WEIGHT[stance] >= WEIGHT[one] for one in holding)


def _reason(earlier: Sequence[Position], holding: Sequence[Position], report: Report) -> tuple[Reason | None, Position | None]:
    """Why a new position alerts, and the position that it follows or reverses."""
    follows = holding[-1] if holding else None
    if report.stance not in FIRM or report.side in UNNAMED:
        return None, follows
    firm = held([position for position in earlier if position.stance in FIRM])
    if _last(firm, report.stance):
        return None, follows  # back from a no-comment to what it had said
    opposite = "deny" if report.stance == "confirm" else "confirm"
    if reversed_ := _last(holding, opposite) or _last(holding, "no_comment") or _last(firm, opposite):
        return Reason.reversal, reversed_
    return (Reason.first_confirmation if report.stance == "confirm" else Reason.first_denial), follows


def _stances(positions: Sequence[Position]) -> frozenset[str]:
    return frozenset(position.stance for position in positions)


def _first(positions: Sequence[Position], stance: str) -> Position | None:
    return next((position for position in positions if position.stance == stance), None)


def _last(positions: Sequence[Position], stance: str) -> Position | None:
    return _first(positions[::-1], stance)
