"""What is the embedded log's alone: durability, its lease, what it forgets, what it says when the file is in trouble."""

import signal
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.wire.reading import nothing_comes, read, values, write
from wire.log import LogError, LogUnavailable, open_log
from wire.sqlite_log import SqliteLog, SqliteReader, connect

START = datetime(2025, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "log.db"


def test_every_connection_survives_power_loss(path: Path) -> None:
    """synchronous=NORMAL may lose the last commits in WAL mode; 2 is FULL."""
    with SqliteLog(path) as log:
        reader = log.reader("g", "in")
        for connection in (log._connection, reader._connection):
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_second_reader_of_a_group_is_refused(path: Path) -> None:
    with SqliteLog(path) as log:
        first = log.reader("g", "in")
        with pytest.raises(LogError, match=r"group 'g' is being read by another process or thread: stop that one"):
            SqliteReader(path, "g", ("in",), lease_seconds=0.1)
        SqliteReader(path, "another", ("in",), lease_seconds=0.1).close()
        first.close()
        SqliteReader(path, "g", ("in",), lease_seconds=0.1).close()


def test_a_second_reader_waits_for_the_one_that_is_stopping(path: Path) -> None:
    with SqliteLog(path) as log:
        first = log.reader("g", "in")
        stopping = threading.Timer(0.3, first.close)
        stopping.start()
        SqliteReader(path, "g", ("in",), lease_seconds=20).close()
        stopping.join()


def test_a_killed_reader_leaves_no_lease(path: Path) -> None:
    with SqliteLog(path):
        script = (
            f"from wire.sqlite_log import SqliteLog\nr = SqliteLog({str(path)!r}).reader('g', 'in')\nprint('reads', flush=True)\ninput()"
        )
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
        assert child.stdout
        assert child.stdout.readline() == b"reads\n"
        with pytest.raises(LogError, match="is being read"):
            SqliteReader(path, "g", ("in",), lease_seconds=0.1)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        SqliteReader(path, "g", ("in",), lease_seconds=5).close()


def test_forgets_what_every_group_committed_and_is_old(path: Path) -> None:
    clock = Clock()
    with SqliteLog(path, keep=timedelta(days=7), clock=clock) as log:
        write(log, "in", b"1", b"2", b"3")
        write(log, "nobody reads", b"4")
        one, other = log.reader("one", "in"), log.reader("other", "in")
        read(one, 3)
        one.commit()
        read(other, 2)
        other.commit()
        assert log.forget(START + timedelta(days=6)) == 0
        assert log.forget(START + timedelta(days=8)) == 2
        other.rewind()
        assert values(read(other, 1)) == [b"3"]
        assert values(read(log.reader("late", "in", "nobody reads"), 2)) == [b"3", b"4"]


def test_a_flush_forgets_by_itself(path: Path) -> None:
    clock = Clock()
    with SqliteLog(path, keep=timedelta(days=7), clock=clock) as log:
        write(log, "in", b"1")
        reader = log.reader("g", "in")
        read(reader, 1)
        reader.commit()
        clock.now += timedelta(days=8)
        write(log, "in", b"2")
        assert values(read(log.reader("new", "in"), 1)) == [b"2"]


def test_an_offset_is_never_used_twice(path: Path) -> None:
    """Without AUTOINCREMENT the next record would get the id of the last one deleted, and a group would skip it."""
    with SqliteLog(path, keep=timedelta(0)) as log:
        write(log, "in", b"1")
        reader = log.reader("g", "in")
        (first,) = read(reader, 1)
        reader.commit()
        assert log.forget(datetime.now(UTC) + timedelta(days=1)) == 1
        write(log, "in", b"2")
        (second,) = read(reader, 1)
        assert second.offset > first.offset


def test_a_locked_file_is_an_outage_and_loses_nothing_that_is_written_again(path: Path) -> None:
    with SqliteLog(path) as log:
        other = connect(path)
        other.execute("BEGIN IMMEDIATE")
        log.append("in", "key", b"1")
        with pytest.raises(LogUnavailable, match=r"log .*log\.db: database is locked"):
            log.flush(timeout=0.1)
        other.execute("ROLLBACK")
        other.close()
        write(log, "in", b"1")
        reader = log.reader("g", "in")
        assert values(read(reader, 1)) == [b"1"]
        assert nothing_comes(reader, 0.1)


def test_a_full_disk_is_an_outage(path: Path) -> None:
    with SqliteLog(path) as log:
        pages = log._connection.execute("PRAGMA page_count").fetchone()[0]
        log._connection.execute(f"PRAGMA max_page_count={pages + 5}")
        for number in range(20):
            log.append("in", str(number), b"x" * 10_000)
        with pytest.raises(LogUnavailable, match="full"):
            log.flush()
        log._connection.execute("PRAGMA max_page_count=1000000")
        reader = log.reader("g", "in")
        assert nothing_comes(reader, 0.1)
        write(log, "in", b"fits")
        assert values(read(reader, 1)) == [b"fits"]


def test_a_file_that_is_no_log_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(LogError, match=r"log .*log\.db: file is not a database"):
        open_log(f"sqlite:///{path}")


def test_writers_in_several_threads_lose_nothing(path: Path) -> None:
    def work(name: int) -> None:
        with SqliteLog(path) as log:
            for number in range(10):
                write(log, "in", b"%d-%d" % (name, number))

    SqliteLog(path).close()
    writers = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with SqliteLog(path) as log:
        records = read(log.reader("g", "in"), 40)
    assert {record.value for record in records} == {b"%d-%d" % (name, number) for name in range(4) for number in range(10)}
    assert sqlite3.sqlite_version_info >= (3, 35)  # RETURNING, which the ledger needs
