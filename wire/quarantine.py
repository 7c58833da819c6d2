"""The quarantine: where a record that cannot be handled waits, with its coordinates and error, to be looked at and replayed.

Reading it is group `quarantine`'s: what was replayed is committed and not listed again. Drops nothing by itself.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from wire.log import MAX_RECORD_BYTES, Log, LogUnavailable, Reader, Record
from wire.messages import QUARANTINE_SUFFIX

GROUP = "quarantine"
ERROR_CHARACTERS = 4000
KEY_CHARACTERS = 1000
PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One record in quarantine: where it came from, who could not handle it, why."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    cut: bool  # only the beginning of the value was kept
    group: str
    error: str
    time: str  # ISO 8601

    @property
    def where(self) -> str:
        """`topic/partition/offset` of the original."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    def as_json(self) -> str:
        """One line, the value as base64."""
        value = None if self.value is None else base64.b64encode(self.value).decode()
        return json.dumps(asdict(self) | {"value": value})


def quarantine(log: Log, record: Record, error: str, group: str, now: datetime) -> None:
    """Append the record to `<topic>.quarantine`; durable after the next flush."""
    key, value = record.key, record.value
    cut = len(value or b"") > MAX_RECORD_BYTES or len(key or "") > KEY_CHARACTERS
    kept = Quarantined(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key=key and key[:KEY_CHARACTERS],
        value=value and value[:MAX_RECORD_BYTES],
        cut=cut,
        group=group,
        error=error[:ERROR_CHARACTERS],
        time=now.isoformat(),
    )
    log.append(record.topic + QUARANTINE_SUFFIX, kept.key or "", kept.as_json().encode())


def waiting(log: Log, topic: str) -> Iterator[Quarantined]:
    """What waits in the quarantine of `topic`, oldest first."""
    reader = log.reader(GROUP, topic + QUARANTINE_SUFFIX)
    try:
        for batch in _batches(reader):
            yield from batch
    finally:
        reader.close()


def replay(log: Log, topic: str) -> tuple[list[Quarantined], list[Quarantined]]:
    """Append what waits to its topic again and take it off the list: what was replayed, and what could not be (cut or null)."""
    replayed: list[Quarantined] = []
    dropped: list[Quarantined] = []
    reader = log.reader(GROUP, topic + QUARANTINE_SUFFIX)
    try:
        for batch in _batches(reader):
            for one in batch:
                if one.value is None or one.cut:
                    dropped.append(one)
                    continue
                log.append(one.topic, one.key or "", one.value)
                replayed.append(one)
            log.flush()
            reader.commit()
    finally:
        reader.close()
    return replayed, dropped


def _batches(reader: Reader) -> Iterator[list[Quarantined]]:
    """Everything that waits now, and nothing that comes later: a replayed record may be back in quarantine at once."""
    left = sum(reader.lag().values())
    while left > 0:
        records = reader.poll(min(left, 100), PATIENCE_SECONDS)
        if not records:
            raise LogUnavailable(
                f"{reader.topics[0]}: {left} records wait but none came in {PATIENCE_SECONDS:.0f} s; is somebody else reading them?"
            )
        left -= len(records)
        yield [decode(record) for record in records]


def decode(record: Record) -> Quarantined:
    """The entry in a record of a quarantine topic."""
    entry = json.loads(record.value or b"{}")
    value = entry["value"]
    return Quarantined(**entry | {"value": None if value is None else base64.b64decode(value)})
