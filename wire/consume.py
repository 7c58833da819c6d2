"""The one loop that reads the log: poll, handle, flush, commit. Commits nothing that is not handled and durable.

An outage is waited out; a record that cannot be handled goes to quarantine and the next one is handled. Never skips a record.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from wire import metrics
from wire.database import is_outage as is_database_outage
from wire.log import CommitRefused, Log, LogError, Reader, Record, RecordTooLarge
from wire.messages import MessageError, utc_now
from wire.quarantine import quarantine
from wire.telemetry import Health

logger = logging.getLogger(__name__)

#: Handles a batch. May append to the log; must be idempotent: records come again after a crash, an outage, a poison record.
#: What it appended then may be on the log already: harmless as long as the ids of messages are derived, not random.
Handle = Callable[[list[Record]], None]
LAG_SECONDS = 5.0
#: A loop that has not come round for so long is stuck: no batch and no commit takes that long.
STUCK_SECONDS = 300.0


class Outage(Exception):
    """Something that a handler needs is away: nothing is wrong with the record. Wait and try again."""


class Damaged(Exception):
    """A record that the log itself could not read; says why."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait in an outage, in seconds: doubled at each failure up to `longest`."""

    first: float = 0.5
    longest: float = 15.0

    def delay(self, failures: int) -> float:
        """The wait after this many failures in a row."""
        return min(self.longest, self.first * 2.0 ** min(failures - 1, 30))


def consume(
    log: Log,
    reader: Reader,
    handle: Handle,
    stop: threading.Event,
    *,
    max_records: int = 100,
    poll_seconds: float = 1.0,
    backoff: Backoff = Backoff(),
    health: Health | None = None,
) -> None:
    """Read until `stop` is set, finishing the batch at hand. `reader` and `log` stay open."""
    loop = _Loop(log, reader, handle, health or Health(), max_records)
    while not stop.is_set():
        loop.beat()
        try:
            loop.turn(poll_seconds)
        except Exception as error:
            if (cause := outage_cause(error)) is None:
                raise
            stop.wait(backoff.delay(loop.waits_for(error, cause)))


def outage_cause(error: Exception) -> str | None:
    """`log`, `database` or `other` where something that the loop needs is away; None where the record is to blame."""
    if isinstance(error, LogError):
        return None if isinstance(error, RecordTooLarge) else "log"
    if is_database_outage(error):
        return "database"
    return "other" if isinstance(error, Outage) else None


class _Loop:
    """One running loop: what `consume` keeps between two batches."""

    def __init__(self, log: Log, reader: Reader, handle: Handle, health: Health, max_records: int) -> None:
        self._log, self._reader, self._handle = log, reader, handle
        self._most = self._limit = max_records
        self._failures = 0
        self._problem: str | None = "has not read yet"
        self._measured = float("-inf")
        group = reader.group
        self._counted = {
            (topic, outcome): metrics.RECORDS.labels(group, topic, outcome) for topic in reader.topics for outcome in metrics.OUTCOMES
        }
        self._outages = {cause: metrics.OUTAGES.labels(group, cause) for cause in metrics.CAUSES}
        self._lag = {topic: metrics.LAG.labels(group, topic) for topic in reader.topics}
        self._seconds = metrics.BATCH_SECONDS.labels(group)
        self._waiting = metrics.WAITING.labels(group)
        self.beat = health.loop(f"{group} loop", STUCK_SECONDS)
        health.check(f"{group} reads the log", lambda: self._problem)

    def turn(self, poll_seconds: float) -> None:
        """One batch: poll, handle, flush, commit."""
        records = self._reader.poll(self._limit, poll_seconds)
        if records:
            self.beat()
            with self._seconds.time():
                outcomes = self._handle_all(records)
                self._commit(len(records))
            for record, outcome in zip(records, outcomes, strict=True):
                self._counted[record.topic, outcome].inc()
        self._recovered()
        self._measure_lag()

    def _commit(self, handled: int) -> None:
        """A refused commit may mean that the batch took longer than the group waits: the next is smaller, or it would never end."""
        try:
            self._reader.commit()
            self._limit = min(self._most, self._limit + 1)
        except CommitRefused:
            self._limit = max(1, handled // 2)
            raise

    def _handle_all(self, records: list[Record]) -> list[str]:
        """The records' outcomes, once all that came of them is durable."""
        try:
            if any(record.damage for record in records):
                raise Damaged("the log could not read one of them")
            self._handle(records)
            self._log.flush()
            return ["handled"] * len(records)
        except Exception as error:
            if outage_cause(error):
                raise
            logger.info("%d records from %s on: one cannot be handled (%s); one at a time now", len(records), records[0].where, error)
        self._log.discard()
        return [self._handle_one(record) for record in records]

    def _handle_one(self, record: Record) -> str:
        self.beat()
        try:
            if record.damage:
                raise Damaged(record.damage)
            self._handle([record])
            self._log.flush()  # here, so that a refusal is this record's
            return "handled"
        except Exception as error:
            if outage_cause(error):
                raise
            expected = isinstance(error, MessageError | Damaged)
            logger.error("%s: cannot be handled, goes to quarantine: %s", record.where, error, exc_info=not expected)
            self._log.discard()
            self._quarantine(record, error)
            return "quarantined"

    def _quarantine(self, record: Record, error: Exception) -> None:
        """Durable on return. Where the quarantine refuses it, the loop waits: the record is not skipped."""
        try:
            quarantine(self._log, record, f"{type(error).__name__}: {error}", self._reader.group, utc_now())
            self._log.flush()
        except RecordTooLarge as refusal:
            raise LogError(f"{record.where}: the quarantine refuses it: {refusal}") from refusal

    def waits_for(self, error: Exception, cause: str) -> int:
        """Note an outage; how many failures in a row that makes."""
        self._failures += 1
        self._problem = str(error)
        self._waiting.set(1)
        if self._failures == 1:
            self._outages[cause].inc()
            logger.warning("%s waits, nothing is committed: %s", self._reader.group, error)
        self._reader.rewind()
        self._log.discard()
        return self._failures

    def _recovered(self) -> None:
        if self._failures:
            logger.warning("%s goes on after %d failures", self._reader.group, self._failures)
        self._failures = 0
        self._problem = None
        self._waiting.set(0)

    def _measure_lag(self) -> None:
        if time.monotonic() - self._measured < LAG_SECONDS:
            return
        self._measured = time.monotonic()
        for topic, records in self._reader.lag().items():
            self._lag[topic].set(records)
