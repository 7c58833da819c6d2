"""The nouns of alerts, as they are read from the ledger. Immutable; they hold no behaviour and no SQL."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why an alert was raised."""

    first_confirmation = "first_confirmation"
    first_denial = "first_denial"
    reversal = "reversal"


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement that sides take positions on: whose troops are where, or who escalates where."""

    id: int
    topic: str
    force: tuple[str, ...]  # empty where nothing tells
    place: str | None
    first_seen: datetime  # earliest publication of a finding
    updated: datetime  # latest publication of a finding


@dataclass(frozen=True, slots=True)
class Position:
    """What one side says of a claim from `since` on; `article` is the one that first showed it."""

    id: int
    side: str
    stance: str
    since: datetime
    article: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert with the evidence that a desk needs to judge it."""

    id: str
    sequence: int  # strictly increasing in order of creation
    reason: Reason
    claim: int
    claim_title: str
    headline: str
    topic: str
    force: tuple[str, ...]
    place: str | None
    side: str
    stance: str
    previous: str | None  # the stance of that side before
    previous_since: datetime | None
    speaker: str | None
    sentence: str
    title: str
    url: str
    outlet: str
    score: float
    published: datetime
    fetched: datetime
    created: datetime
    finding: str
    article: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who wants which alerts where. An empty set of codes means any. Only the sender reads the full address and the secret."""

    id: str
    name: str
    channel: str  # masked, as addresses.shown gives it
    topics: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    least_score: float = 0.0
    active: bool = True
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert on its way to one subscription. Its id travels as idempotency key."""

    id: str
    alert: str
    subscription: str
    subscription_name: str
    channel: str  # masked, as addresses.shown gives it
    state: str  # pending, sent, dead
    attempts: int
    due: datetime
    sent: datetime | None
    error: str | None
