"""The embedded log: one SQLite file, one partition a topic, the record's offset is its row's id.

Refuses a second reader of a group. Forgets only what every group has committed and what is older than `keep`.
"""

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Self

from wire.log import Address, LogError, LogUnavailable, Record, check_size
from wire.messages import utc_now
from wire.settings import duration

KEEP = timedelta(days=7)
BUSY_SECONDS = 30.0
#: How long `reader` waits for the one before it, who may be finishing its last batch.
LEASE_SECONDS = 10.0
POLL_SECONDS = 0.02
RETENTION_EVERY = timedelta(minutes=10)

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, key TEXT, value BLOB, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS records_by_topic ON records (topic, id);
CREATE TABLE IF NOT EXISTS cursors (
  reader TEXT NOT NULL, topic TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (reader, topic)) WITHOUT ROWID;
"""
# AUTOINCREMENT: the id of a forgotten record must not come back. `at` is milliseconds since 1970, as in Kafka.

RETENTION = """
DELETE FROM records WHERE id IN (
  SELECT records.id FROM records WHERE at < ? AND
    id < (SELECT min(next) FROM cursors WHERE cursors.topic = records.topic) ORDER BY id LIMIT 5000)
"""


class SqliteLog:
    """A log in the file at `path`; `keep` is how long records that every group has committed are kept."""

    def __init__(self, path: str | Path, *, keep: timedelta = KEEP, clock: Callable[[], datetime] = utc_now) -> None:
        self._path = Path(path)
        self._keep = keep
        self._clock = clock
        self._pending: list[tuple[str, str, bytes, int]] = []
        self._readers: list[SqliteReader] = []
        self._forgot = datetime.min.replace(tzinfo=UTC)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = connect(self._path)
        with naming(self._path):
            self._connection.executescript(SCHEMA)

    @classmethod
    def at(cls, address: Address) -> Self:
        """The log at this address."""
        return cls(address.place, keep=duration(address.options["keep"]) if "keep" in address.options else KEEP)

    def append(self, topic: str, key: str, value: bytes) -> None:
        """Hand over a record, durable only after `flush`; RecordTooLarge above MAX_RECORD_BYTES."""
        check_size(topic, key, value)
        self._pending.append((topic, key, value, milliseconds(self._clock())))

    def flush(self, timeout: float = BUSY_SECONDS) -> None:
        """Write every append in one transaction; LogUnavailable where the file cannot be written in `timeout` seconds."""
        pending, self._pending = self._pending, []
        if pending:
            with naming(self._path), transaction(self._connection, timeout):
                self._connection.executemany("INSERT INTO records (topic, key, value, at) VALUES (?, ?, ?, ?)", pending)
        now = self._clock()
        if now - self._forgot >= RETENTION_EVERY:
            self._forgot = now
            self.forget(now)

    def forget(self, now: datetime) -> int:
        """Delete what is older than `keep` and committed by every group; how many records that were. Unread ones stay."""
        oldest = milliseconds(max(now - self._keep, datetime.fromtimestamp(0, UTC)))
        gone = 0
        while True:
            with naming(self._path), transaction(self._connection, BUSY_SECONDS):
                deleted = self._connection.execute(RETENTION, (oldest,)).rowcount
            gone += deleted
            if not deleted:
                return gone

    def discard(self) -> None:
        """Forget what was appended since the last flush."""
        self._pending.clear()

    def reader(self, group: str, *topics: str) -> "SqliteReader":
        """A new cursor of `group`; LogError where another process or thread still reads for it after ten seconds."""
        reader = SqliteReader(self._path, group, topics)
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        """Close the file and the readers. Flushes nothing."""
        for reader in self._readers:
            reader.close()
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class SqliteReader:
    """A group's cursor; holds the group's lease until it is closed or its process ends, however it ends."""

    def __init__(self, path: Path, group: str, topics: tuple[str, ...], *, lease_seconds: float = LEASE_SECONDS) -> None:
        self.group = group
        self.topics = topics
        self._path = path
        self._lease = take_lease(path, group, lease_seconds)
        self._connection = connect(path)
        self._next: dict[str, int] | None = None  # None: to be read from the last commit

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Up to `max_records` new records, waiting at most `timeout` seconds for the first."""
        deadline = time.monotonic() + timeout
        with naming(self._path):
            if self._next is None:
                self._next = self._committed()
            while not (found := self._read(self._next, max_records)) and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        for record in found:
            self._next[record.topic] = record.offset + 1
        return found

    def commit(self) -> None:
        """Make durable that everything polled so far is handled."""
        if self._next is None:
            return
        places = [(self.group, topic, place) for topic, place in self._next.items()]
        with naming(self._path), transaction(self._connection, BUSY_SECONDS):
            self._connection.executemany("INSERT OR REPLACE INTO cursors (reader, topic, next) VALUES (?, ?, ?)", places)

    def rewind(self) -> None:
        """Go back to the last commit: what was polled since comes again."""
        self._next = None

    def lag(self) -> dict[str, int]:
        """Records not yet committed, by topic."""
        with naming(self._path):
            count = "SELECT count(*) FROM records WHERE topic = ? AND id >= ?"
            return {topic: self._connection.execute(count, (topic, place)).fetchone()[0] for topic, place in self._committed().items()}

    def close(self) -> None:
        """Leave the group. Commits nothing."""
        self._connection.close()
        self._lease.close()

    def _committed(self) -> dict[str, int]:
        rows = self._connection.execute("SELECT topic, next FROM cursors WHERE reader = ?", (self.group,)).fetchall()
        return dict.fromkeys(self.topics, 0) | {topic: place for topic, place in rows if topic in self.topics}

    def _read(self, places: dict[str, int], limit: int) -> list[Record]:
        """One query a topic, merged: a single query with OR would sort the whole backlog at every poll."""
        query = "SELECT id, topic, key, value, at FROM records WHERE topic = ? AND id >= ? ORDER BY id LIMIT ?"
        rows = [self._connection.execute(query, (topic, place, limit)).fetchall() for topic, place in places.items()]
        return [
            Record(topic, 0, id, key, value, datetime.fromtimestamp(at / 1000, UTC))
            for id, topic, key, value, at in islice(merge(*rows), limit)
        ]


def connect(path: Path) -> sqlite3.Connection:
    """A connection that loses no commit at power loss; LogUnavailable where the file cannot be opened."""
    with naming(path):
        # A handle may be made in one thread and used in another, so SQLite's own check is off; one at a time is our promise.
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
    return connection


def take_lease(path: Path, group: str, seconds: float) -> sqlite3.Connection:
    """Hold SQLite's exclusive lock on a file beside the log's: the system drops it when the process dies, so no lease outlives it."""
    lease = sqlite3.connect(
        f"{path}-{hashlib.sha256(group.encode()).hexdigest()[:8]}.lease", timeout=seconds, isolation_level=None, check_same_thread=False
    )
    try:
        lease.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lease.close()
        if "locked" not in str(error):
            raise LogUnavailable(f"log {path}: {error}") from error
        raise LogError(
            f"log {path}: group {group!r} is being read by another process or thread: stop that one, or use another file in CLAIMWIRE_LOG"
        ) from None
    return lease


@contextmanager
def transaction(connection: sqlite3.Connection, timeout: float) -> Iterator[None]:
    """BEGIN IMMEDIATE ... COMMIT: the write lock first, since a deferred transaction may fail at its first write."""
    connection.execute(f"PRAGMA busy_timeout={int(timeout * 1000)}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Turns SQLite's errors into the log's: locked, full and unreadable disks pass, a damaged file does not."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise LogUnavailable(f"log {path}: {error}") from error
    except sqlite3.Error as error:
        raise LogError(f"log {path}: {error}") from error


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
