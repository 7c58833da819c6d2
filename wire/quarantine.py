"""The quarantine: where a record that cannot be handled waits, with its coordinates and error, to be looked at and replayed.

Reading it is group `quarantine`'s: what was replayed is committed and not listed again. Drops nothing by itself.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from wire.log import Log, Record
from wire.messages import QUARANTINE_SUFFIX

GROUP = "quarantine"
ERROR_CHARACTERS = 4000
#: As base64 this much still fits a record; only another program's records are larger (see MAX_RECORD_BYTES).
VALUE_BYTES = 512_000


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

    def encode(self) -> bytes:
        """JSON, the value as base64."""
        return json.dumps(asdict(self) | {"value": None if self.value is None else base64.b64encode(self.value).decode()}).encode()


def quarantine(log: Log, record: Record, error: Exception, group: str, now: datetime) -> None:
    """Append the record to `<topic>.quarantine`; durable after the next flush."""
    value = record.value[:VALUE_BYTES] if record.value is not None else None
    said = f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS]
    cut = value is not None and len(value) < len(record.value or b"")
    kept = Quarantined(record.topic, record.partition, record.offset, record.key, value, cut, group, said, now.isoformat())
    log.append(record.topic + QUARANTINE_SUFFIX, record.key or "", kept.encode())


def waiting(log: Log, topic: str, seconds: float = 5.0) -> Iterator[Quarantined]:
    """What waits in the quarantine of `topic`, oldest first; ends once nothing new came for `seconds`."""
    reader = log.reader(GROUP, topic + QUARANTINE_SUFFIX)
    try:
        while records := reader.poll(100, seconds):
            yield from map(decode, records)
    finally:
        reader.close()


def replay(log: Log, topic: str, seconds: float = 5.0) -> tuple[list[Quarantined], list[Quarantined]]:
    """Append what waits to its topic again and take it off the list; what was replayed, and what could not be (cut or null)."""
    replayed: list[Quarantined] = []
    left: list[Quarantined] = []
    reader = log.reader(GROUP, topic + QUARANTINE_SUFFIX)
    try:
        while records := reader.poll(100, seconds):
            for one in map(decode, records):
                if one.value is None or one.cut:
                    left.append(one)
                    continue
                log.append(one.topic, one.key or "", one.value)
                replayed.append(one)
            log.flush()
            reader.commit()
    finally:
        reader.close()
    return replayed, left


def decode(record: Record) -> Quarantined:
    """The entry in a record of a quarantine topic."""
    entry = json.loads(record.value or b"{}")
    value = entry["value"]
    return Quarantined(**entry | {"value": None if value is None else base64.b64decode(value)})
