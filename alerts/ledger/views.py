"""What the desk shows of the ledger, as plain data. Holds no SQL."""

from dataclasses import dataclass
from datetime import datetime

from alerts.nouns import Claim


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one side stands on a claim now."""

    side: str
    stance: str
    since: datetime
    also: tuple[str, ...] = ()  # stances taken in the same article: "instructors yes, mercenaries no"
    previous: str | None = None  # the stance before that


@dataclass(frozen=True, slots=True)
class ClaimSummary:
    """One row of the board of claims."""

    claim: Claim
    title: str
    sides: tuple[Standing, ...]  # parties first, then anonymous, experts, media
    findings: int
    articles: int
    outlets: int
    updated: datetime
    usual: int | None = None  # the number of personnel that most reports give


@dataclass(frozen=True, slots=True)
class FindingView:
    """One mention in one article, with what it takes to check it."""

    id: str
    article: str
    url: str
    outlet: str
    title: str
    published: datetime
    fetched: datetime
    stance: str
    speaker: str | None
    side: str | None  # None: the article's own voice
    count: int | None
    sentence: str
    sentence_index: int  # -1 is the title
    score: float
    model: str


@dataclass(frozen=True, slots=True)
class PositionView:
    """A side's position with its evidence: the finding that first showed it, and those that reported it since."""

    id: int
    side: str
    stance: str
    since: datetime
    finding: FindingView
    sources: tuple[FindingView, ...]  # the earliest published first, at most SOURCES_SHOWN
    source_count: int
    alert: str | None  # id of the alert that it raised


@dataclass(frozen=True, slots=True)
class NumberGiven:
    """A number of personnel that somebody gave."""

    date: datetime
    side: str | None
    count: int
    finding: FindingView


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """All that is known of one claim."""

    claim: Claim
    title: str
    sides: tuple[Standing, ...]
    positions: dict[str, tuple[PositionView, ...]]  # by side, each in order of `since`
    numbers: tuple[NumberGiven, ...]  # in order of date; repeats by the same side left out
    recent: tuple[FindingView, ...]  # the latest published first
    findings: int
    articles: int
    outlets: int
