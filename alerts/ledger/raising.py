"""Writes alerts and a pending delivery for each subscription that wants them, inside the transaction that records findings."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from alerts.ledger.judging import Verdict
from alerts.ledger.reading import ALERTS
from alerts.ledger.rows import alert_of, subscription_of
from alerts.ledger.schema import alerts, deliveries, subscriptions, writer
from alerts.match import wants
from alerts.nouns import Alert
from wire.messages import derived_id


def raise_alerts(connection: Connection, verdicts: Iterable[Verdict], now: datetime, sequence: int) -> dict[str, Alert]:
    """The alerts that these verdicts raise, by finding, numbered from `sequence` + 1 on."""
    rows: list[dict[str, Any]] = []
    for verdict in verdicts:
        if verdict.position and verdict.decision.reason:
            rows.append(_row(verdict, verdict.position.id, now, sequence + len(rows) + 1))
    if not rows:
        return {}
    connection.execute(alerts.insert(), rows)
    connection.execute(update(writer).where(writer.c.id == 1).values(sequence=sequence + len(rows)))
    written = connection.execute(ALERTS.where(alerts.c.id.in_([row["id"] for row in rows])))
    raised = {row.finding: alert_of(row) for row in written}
    _address(connection, raised.values(), now)
    return raised


def _row(verdict: Verdict, position: int, now: datetime, sequence: int) -> dict[str, Any]:
    previous = verdict.decision.previous
    return {
        "id": derived_id("alert", verdict.finding.id),
        "position": position,
        "claim": verdict.claim.id,
        "finding": verdict.finding.id,
        "reason": verdict.decision.reason,
        "previous": previous and previous.stance,
        "previous_since": previous and previous.since,
        "created": now,
        "sequence": sequence,
    }


def _address(connection: Connection, raised: Iterable[Alert], now: datetime) -> None:
    """A pending delivery for each active subscription that wants the alert."""
    wanting = [subscription_of(row) for row in connection.execute(select(subscriptions).where(subscriptions.c.active))]
    rows = [
        {"id": derived_id("delivery", alert.id, subscription.id), "alert": alert.id, "subscription": subscription.id}
        for alert in raised
        for subscription in wanting
        if wants(subscription, alert)
    ]
    if rows:
        insert = deliveries.insert().returning(deliveries.c.id)
        connection.execute(insert, [{**row, "state": "pending", "attempts": 0, "due": now} for row in rows])
