"""Records findings in the ledger: one transaction from findings to pending deliveries. Run twice, it changes nothing.

One writer at a time holds the row of `writer`, so nothing in the transaction reckons with another. Sends nothing.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, select

from alerts.ledger.assigning import assign
from alerts.ledger.judging import Judge, Verdict
from alerts.ledger.raising import raise_alerts
from alerts.ledger.rows import row_of_finding
from alerts.ledger.schema import findings, writer
from alerts.nouns import Alert
from wire.database import is_outage
from wire.messages import Finding

logger = logging.getLogger(__name__)

TRIES = 4
#: PostgreSQL ends a transaction that does nothing for so long (a stopped process), so that another instance can go on.
IDLE_LIMIT = "SET LOCAL idle_in_transaction_session_timeout = '20s'"


class Outcome(StrEnum):
    """What became of a finding."""

    position = "position"  # it made a side's position new
    source = "source"  # it reports a position that is known
    no_position = "no_position"  # kept; nobody speaks, or nothing new is said
    under_score = "under_score"  # kept; too uncertain to hold a position
    known = "known"  # it was recorded before


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one finding, with the alert that it raised."""

    finding: str
    outcome: Outcome
    alert: Alert | None = None


def record(engine: Engine, finding: Finding, now: datetime, *, least_score: float = 0.5) -> Alert | None:
    """Record one finding; the alert that it raised, if any."""
    return record_all(engine, [finding], now, least_score=least_score)[0].alert


def record_all(engine: Engine, given: Sequence[Finding], now: datetime, *, least_score: float = 0.5) -> list[Recorded]:
    """Record findings in order, all or none. The whole transaction is tried again where the database asks for it."""
    for attempt in range(1, TRIES + 1):
        try:
            with engine.begin() as connection:
                return _record(connection, given, now, least_score)
        except Exception as error:
            if attempt == TRIES or not is_outage(error):
                raise
            logger.info("the ledger's transaction runs again: %s", error)
            time.sleep(0.02 * 4**attempt)
    raise AssertionError("unreachable")


def _record(connection: Connection, given: Sequence[Finding], now: datetime, least_score: float) -> list[Recorded]:
    sequence = _lock(connection)
    known = set(connection.execute(select(findings.c.id).where(findings.c.id.in_({one.id for one in given}))).scalars())
    fresh = {finding.id: finding for finding in reversed(given) if finding.id not in known}
    new = [fresh[id] for id in reversed(fresh)]
    if not new:
        return [Recorded(finding.id, Outcome.known) for finding in given]
    claims = assign(connection, new)
    rows = [row_of_finding(finding, claims[finding.id].id, now) for finding in new]
    connection.execute(findings.insert().returning(findings.c.id), rows)  # RETURNING: many rows in one statement
    judge = Judge(connection, new, claims, least_score)
    verdicts = {finding.id: judge.judge(finding) for finding in new}
    judge.write_sources()
    raised = raise_alerts(connection, verdicts.values(), now, sequence)
    outcomes = {id: Recorded(id, _outcome(verdict), raised.get(id)) for id, verdict in verdicts.items()}
    return [outcomes.pop(finding.id, Recorded(finding.id, Outcome.known)) for finding in given]


def _lock(connection: Connection) -> int:
    """Become the one writer until the transaction ends; the sequence of the newest alert."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(IDLE_LIMIT)
    return int(connection.execute(select(writer.c.sequence).where(writer.c.id == 1).with_for_update()).scalar_one())


def _outcome(verdict: Verdict) -> Outcome:
    if verdict.under_score:
        return Outcome.under_score
    if verdict.decision.new:
        return Outcome.position
    return Outcome.source if verdict.decision.source else Outcome.no_position
