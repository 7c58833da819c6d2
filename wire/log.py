"""The log, as both backends keep it: order within a key, one cursor a group, what is not committed comes again.

Never promises total order or exactly-once. A handle belongs to one thread.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read; `value` is None where the backend holds a null (a Kafka tombstone)."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    timestamp: datetime

    @property
    def where(self) -> str:
        """`topic/partition/offset`, for errors and logs."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class LogError(Exception):
    """The log refused or lost something; names the topic and the cause."""


class LogUnavailable(LogError):
    """The log cannot be reached now. Wait, back off, commit nothing, try again."""


class Reader(Protocol):
    """A consumer group's cursor over topics."""

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Up to `max_records` new records, waiting at most `timeout` seconds for the first."""
        ...

    def commit(self) -> None:
        """Make durable that everything polled so far is handled."""
        ...

    def rewind(self) -> None:
        """Go back to the last commit: what was polled since comes again."""
        ...

    def lag(self) -> dict[str, int]:
        """Records not yet committed, by topic."""
        ...

    def close(self) -> None:
        """Leave the group. Commits nothing."""
        ...


class Log(Protocol):
    """Somewhere to append records and read them back."""

    def append(self, topic: str, key: str, value: bytes) -> None:
        """Hand over a record; it is durable only after `flush`."""
        ...

    def flush(self, timeout: float = 30.0) -> None:
        """Return once every append is durable; LogError where one is not after `timeout` seconds."""
        ...

    def reader(self, group: str, *topics: str) -> Reader:
        """A new cursor of `group`, at its last commit, or at the start of the topics where there is none."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def open_log(url: str) -> Log:
    """The log at `sqlite:///path` or `kafka://host:port,...`; ValueError where the address is neither."""
    scheme, _, rest = url.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        from wire.sqlite_log import SqliteLog

        return SqliteLog(rest.removeprefix("/"))
    if scheme == "kafka" and rest:
        from wire.kafka_log import KafkaLog

        return KafkaLog(rest.rstrip("/").split(","))
    raise ValueError(f"not a log address: {url!r} (sqlite:///path/to/file or kafka://host:port,host:port)")
