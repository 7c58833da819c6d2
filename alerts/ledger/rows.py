"""Rows of the ledger to nouns and views, and back to stored text. Runs no query."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from alerts.addresses import shown
from alerts.ledger.views import FindingView
from alerts.nouns import Alert, Claim, Delivery, Position, Reason, Subscription
from alerts.wording import claim_title, headline
from wire.messages import Finding

LARGEST_COUNT = 2**31 - 1
FINDING_FIELDS = tuple(FindingView.__dataclass_fields__)


def joined(codes: Iterable[str]) -> str:
    """A set of codes as stored: sorted, `KP+RU`; empty for none."""
    return "+".join(sorted(set(codes)))


def split(stored: str) -> tuple[str, ...]:
    """The codes in stored text."""
    return tuple(stored.split("+")) if stored else ()


def insert_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that leaves a row alone which is there already."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def claim_of(row: Row[Any]) -> Claim:
    """A claim from a row of the claims table."""
    return Claim(row.id, row.topic, split(row.force), row.place or None, row.first_seen, row.updated)


def without_nul(text: str) -> str:
    """Text without U+0000, which PostgreSQL does not take."""
    return text.replace("\x00", "")


def row_of_finding(finding: Finding, claim: int, recorded: datetime) -> dict[str, Any]:
    """The row that keeps a finding; a number of personnel too large to be one is left out."""
    row = finding.model_dump(exclude={"version", "topic", "tagged", "force", "place", "speaker_side"})
    text = {name: without_nul(value) for name, value in row.items() if isinstance(value, str)}
    return {
        **row,
        **text,
        "claim": claim,
        "force": joined(finding.force),
        "place": finding.place or "",
        "side": finding.speaker_side,
        "count": finding.count if finding.count is not None and finding.count <= LARGEST_COUNT else None,
        "recorded": recorded,
    }


def finding_of(row: Row[Any]) -> FindingView:
    """A finding from a row that has the findings table's columns."""
    return FindingView(**{name: getattr(row, name) for name in FINDING_FIELDS})


def position_of(row: Row[Any]) -> Position:
    """A position from a row that also has its finding's `article`."""
    return Position(row.id, row.side, row.stance, row.since, row.article)


def alert_of(row: Row[Any]) -> Alert:
    """An alert from a row of reading.ALERTS."""
    force, place = split(row.force), row.place or None
    return Alert(
        id=row.id,
        sequence=row.sequence,
        reason=Reason(row.reason),
        claim=row.claim,
        claim_title=claim_title(row.topic, force, place),
        headline=headline(row.topic, force, place, row.side, row.stance, row.reason, row.previous, row.previous_since),
        topic=row.topic,
        force=force,
        place=place,
        side=row.side,
        stance=row.stance,
        previous=row.previous,
        previous_since=row.previous_since,
        speaker=row.speaker,
        sentence=row.sentence,
        title=row.title,
        url=row.url,
        outlet=row.outlet,
        score=row.score,
        published=row.published,
        fetched=row.fetched,
        created=row.created,
        finding=row.finding,
        article=row.article,
    )


def subscription_of(row: Row[Any]) -> Subscription:
    """A subscription from a row of its table; its address is masked, its secret stays behind."""
    return Subscription(
        id=row.id,
        name=row.name,
        channel=shown(row.channel),
        topics=split(row.topics),
        forces=split(row.forces),
        places=split(row.places),
        sides=split(row.sides),
        reasons=split(row.reasons),
        least_score=row.least_score,
        active=row.active,
        created=row.created,
    )


def delivery_of(row: Row[Any]) -> Delivery:
    """A delivery from a row that also has `subscription_name` and `channel`."""
    return Delivery(
        id=row.id,
        alert=row.alert,
        subscription=row.subscription,
        subscription_name=row.subscription_name,
        channel=shown(row.channel),
        state=row.state,
        attempts=row.attempts,
        due=row.due,
        sent=row.sent,
        error=row.error,
    )
