"""The outbox: leases due deliveries and records how each attempt went. Sends nothing.

A lease is an UPDATE that only one instance can win. Who dies while holding it loses it when it expires.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, func, or_, select, update

from alerts.ledger.reading import ALERTS
from alerts.ledger.rows import alert_of
from alerts.ledger.schema import alerts, deliveries, subscriptions
from alerts.nouns import Alert
from wire.database import read_only

#: Longer than any channel may take for an attempt, in seconds.
LEASE_SECONDS = 60
ERROR_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery that waits to be sent."""

    id: str
    alert: str
    subscription: str
    channel: str = field(repr=False)
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that this instance may send now; `attempts` counts this one."""

    due: Due
    alert: Alert
    attempts: int


@dataclass(frozen=True, slots=True)
class Depth:
    """How many deliveries wait, how many were given up, and since when the oldest is due."""

    pending: int
    dead: int
    oldest_due: datetime | None


def due(engine: Engine, now: datetime, *, without: Collection[str] = (), limit: int = 50) -> list[Due]:
    """Deliveries to active subscriptions that could be leased now, the longest due first; not those of subscriptions `without`."""
    query = (
        select(deliveries, subscriptions.c.channel, subscriptions.c.secret)
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
        .join(alerts, alerts.c.id == deliveries.c.alert)
        .where(deliveries.c.state == "pending", deliveries.c.due <= now, subscriptions.c.active, _free(now))
        .where(deliveries.c.subscription.not_in(without))
        .order_by(deliveries.c.due, alerts.c.sequence)
        .limit(limit)
    )
    with read_only(engine).connect() as connection:
        return [Due(row.id, row.alert, row.subscription, row.channel, row.secret) for row in connection.execute(query)]


def lease(engine: Engine, one: Due, now: datetime) -> Leased | None:
    """Take a due delivery for LEASE_SECONDS; None where another instance was faster."""
    taken = (
        update(deliveries)
        .where(deliveries.c.id == one.id, deliveries.c.state == "pending", deliveries.c.due <= now, _free(now))
        .values(leased_until=now + timedelta(seconds=LEASE_SECONDS), attempts=deliveries.c.attempts + 1)
        .returning(deliveries.c.attempts)
    )
    with engine.begin() as connection:
        attempts = connection.execute(taken).scalar()
        if attempts is None:
            return None
        return Leased(one, alert_of(connection.execute(ALERTS.where(alerts.c.id == one.alert)).one()), attempts)


def mark_sent(engine: Engine, id: str, now: datetime) -> None:
    """The message was taken."""
    _mark(engine, id, state="sent", sent=now, error=None)


def mark_retry(engine: Engine, id: str, due: datetime, error: str) -> None:
    """Try again at `due`."""
    _mark(engine, id, due=due, error=error[:ERROR_LONGEST])


def mark_dead(engine: Engine, id: str, error: str) -> None:
    """Given up; a person can see why."""
    _mark(engine, id, state="dead", error=error[:ERROR_LONGEST])


def depth(engine: Engine) -> Depth:
    """How the outbox stands. Deliveries to subscriptions that were stopped do not count as waiting."""
    waiting = (
        select(func.count(), func.min(deliveries.c.due))
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
        .where(deliveries.c.state == "pending", subscriptions.c.active)
    )
    dead = select(func.count()).where(deliveries.c.state == "dead")
    with read_only(engine).connect() as connection:
        pending, oldest = connection.execute(waiting).one()
        return Depth(pending, connection.execute(dead).scalar_one(), oldest)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(deliveries.c.leased_until.is_(None), deliveries.c.leased_until < now)


def _mark(engine: Engine, id: str, **values: object) -> None:
    with engine.begin() as connection:
        mark = update(deliveries).where(deliveries.c.id == id, deliveries.c.state == "pending")
        connection.execute(mark.values(leased_until=None, **values))
