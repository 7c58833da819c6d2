"""The log, as both backends keep it: order within a key, one cursor a group, what is not committed comes again.

Never promises total order or exactly-once. A handle belongs to one thread.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self
from urllib.parse import parse_qsl

from wire.messages import QUARANTINE_SUFFIX

#: The largest value that `append` takes. In quarantine, as base64 with its error, it still fits Kafka's default of 1 MiB.
MAX_RECORD_BYTES = 700_000
MAX_QUARANTINE_BYTES = 1_000_000
ADDRESS_HELP = "should be sqlite:///path/to/file or kafka://host:port,host:port"
OPTIONS = {"sqlite": {"keep"}, "kafka": {"prefix", "partitions", "session", "batch"}}


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read; `value` is None where the backend holds a null (a Kafka tombstone)."""

    topic: str
    partition: int
    offset: int
    key: str | None
    value: bytes | None
    timestamp: datetime
    damage: str | None = None  # why the log could not read it; key and value are None then

    @property
    def where(self) -> str:
        """`topic/partition/offset`, for errors and logs."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class LogError(Exception):
    """The log refused or lost something; names the topic and the cause."""


class LogUnavailable(LogError):
    """The log cannot be reached now. Wait, back off, commit nothing, try again."""


class CommitRefused(LogUnavailable):
    """Another member of the group has the partitions now, since the batch took too long or the group changed."""


class RecordTooLarge(LogError):
    """The record itself is refused, now and later: it is larger than the log takes."""


class Reader(Protocol):
    """A consumer group's cursor over topics."""

    group: str
    topics: tuple[str, ...]

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Up to `max_records` new records, waiting at most `timeout` seconds for the first."""
        ...

    def commit(self) -> None:
        """Make durable that everything polled so far is handled."""
        ...

    def rewind(self) -> None:
        """Go back to the last commit: what was polled since comes again. Never fails; the next poll does it."""
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
        """Hand over a record, durable only after `flush`; RecordTooLarge above MAX_RECORD_BYTES."""
        ...

    def flush(self, timeout: float = 30.0) -> None:
        """Return once every append is durable; LogError where one is not after `timeout` seconds.

        After an error nothing is kept for a later flush: what was appended since the last one has to be appended again.
        """
        ...

    def discard(self) -> None:
        """Forget what was appended since the last flush."""
        ...

    def reader(self, group: str, *topics: str) -> Reader:
        """A new cursor of `group`, at its last commit, or at the start of the topics where there is none."""
        ...

    def close(self) -> None:
        """Close the readers, let go of files and connections. Flushes nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


def check_size(topic: str, key: str, value: bytes) -> None:
    """RecordTooLarge where the log would refuse this value."""
    limit = MAX_QUARANTINE_BYTES if topic.endswith(QUARANTINE_SUFFIX) else MAX_RECORD_BYTES
    if len(value) > limit:
        raise RecordTooLarge(f"{topic}: record {key!r} has {len(value)} bytes, more than the {limit} that the log takes")


@dataclass(frozen=True, slots=True)
class Address:
    """A log's address, taken apart."""

    scheme: str
    place: str
    options: dict[str, str] = field(default_factory=dict)


def parse_address(url: str) -> Address:
    """The parts of `sqlite:///path` or `kafka://host:port,...`, each with its options; ValueError for anything else."""
    scheme, _, rest = url.partition("://")
    place, _, query = rest.partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    unknown = set(options) - OPTIONS.get(scheme, set())
    if unknown:
        raise ValueError(f"not an option of a {scheme} log: {', '.join(sorted(unknown))}")
    if scheme == "sqlite" and place.startswith("/") and len(place) > 1:
        return Address(scheme, place.removeprefix("/"), options)
    if scheme == "kafka" and place.strip("/"):
        return Address(scheme, place.rstrip("/"), options)
    raise ValueError(ADDRESS_HELP)


def log_address(url: str) -> str:
    """Parses the setting CLAIMWIRE_LOG: the address itself, once it is known to be one."""
    parse_address(url)
    return url


def open_log(url: str) -> Log:
    """The log at this address; ValueError where it is none. Kafka is connected to on first use.

    `sqlite:///data/log.db?keep=7d`: keep for seven days what every group has read.
    `kafka://host:port,host:port?prefix=try-&partitions=3`: put `try-` before every topic and group on the broker, make
    missing topics with three partitions (findings and quarantines have one). `session=10s`: a reader that is silent for so
    long has lost its partitions; `batch=5m`: so has one that handles a batch for longer.
    """
    address = parse_address(url)
    if address.scheme == "sqlite":
        from wire.sqlite_log import SqliteLog

        return SqliteLog.at(address)
    from wire.kafka_log import KafkaLog

    return KafkaLog.at(address)
