"""The loop: what is handled is committed, an outage waits, a poison record goes to quarantine, and nothing is ever skipped."""

import random
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from tests.waiting import metric, wait_until
from tests.wire.reading import read, values, write, write_null
from wire.consume import STUCK_SECONDS, Backoff, Handle, Outage, consume, outage_cause
from wire.database import open_database
from wire.log import Log, LogError, LogUnavailable, Reader, Record, RecordTooLarge, open_log
from wire.messages import Article
from wire.quarantine import replay, waiting
from wire.sqlite_log import SqliteLog
from wire.telemetry import Health

SOON = Backoff(0.02, 0.05)


@pytest.fixture
def log(log_url: str) -> Iterator[Log]:
    with open_log(log_url) as opened:
        yield opened


@contextmanager
def consuming(url: str, handle: Handle, *, group: str = "g", health: Health | None = None, max_records: int = 100) -> Iterator[None]:
    """The loop runs in a thread of its own while inside."""
    stop = threading.Event()

    def run() -> None:
        with open_log(url) as log:
            reader = log.reader(group, "in")
            consume(log, reader, handle, stop, backoff=SOON, poll_seconds=0.2, health=health, max_records=max_records)

    loop = threading.Thread(target=run)
    loop.start()
    try:
        yield
    finally:
        stop.set()
        loop.join(60)
        assert not loop.is_alive()


def committed(url: str, group: str = "g") -> bool:
    """Whether the group has nothing left to read."""
    with open_log(url) as log:
        return log.reader(group, "in").lag() == {"in": 0}


def test_handles_in_order_and_commits(log: Log, log_url: str) -> None:
    write(log, "in", *(b"%d" % number for number in range(10)))
    seen: list[bytes | None] = []
    with consuming(log_url, lambda records: seen.extend(values(records)), max_records=3):
        wait_until(lambda: len(seen) == 10)
    assert seen == [b"%d" % number for number in range(10)]
    assert committed(log_url)


def test_what_a_handler_appends_is_durable_before_the_commit(log: Log, log_url: str) -> None:
    write(log, "in", b"1", b"2")
    done: list[Record] = []
    with open_log(log_url) as writing:
        stop = threading.Event()

        def copy(records: list[Record]) -> None:
            for record in records:
                writing.append("out", "key", record.value or b"")
            done.extend(records)
            if len(done) == 2:
                stop.set()

        consume(writing, writing.reader("g", "in"), copy, stop)
    assert values(read(log.reader("copies", "out"), 2)) == [b"1", b"2"]


def test_a_poison_record_is_quarantined_with_its_coordinates_and_the_next_is_handled(log: Log, log_url: str) -> None:
    before = {
        outcome: metric("claimwire_log_records_total", group="poison", topic="in", outcome=outcome)
        for outcome in ("handled", "quarantined")
    }
    write(log, "in", b"1", b"bad", b"3")
    seen: set[bytes | None] = set()

    def handle(records: list[Record]) -> None:
        if b"bad" in values(records):
            raise ValueError("no such thing")
        seen.update(values(records))

    with consuming(log_url, handle, group="poison"):
        wait_until(lambda: seen == {b"1", b"3"})
    assert committed(log_url, "poison")
    (kept,) = waiting(log, "in")
    original = next(record for record in read(log.reader("look", "in"), 3) if record.value == b"bad")
    assert (kept.where, kept.key, kept.value, kept.group) == (original.where, "key", b"bad", "poison")
    assert kept.error == "ValueError: no such thing"
    counted = {
        outcome: metric("claimwire_log_records_total", group="poison", topic="in", outcome=outcome) - before[outcome] for outcome in before
    }
    assert counted == {"handled": 2, "quarantined": 1}


def test_undecodable_records_of_every_kind_are_quarantined(log: Log, log_url: str) -> None:
    """Not JSON, of another schema, empty, null: each is named, none stops the loop."""
    write(log, "in", b"\xff\xfe", b'{"version": 2}', b"")
    write_null(log_url, "in", "null")

    def handle(records: list[Record]) -> None:
        for record in records:
            Article.decode(record.value)

    with consuming(log_url, handle):
        wait_until(lambda: committed_soon(log_url, 4))
    errors = sorted(one.error for one in waiting(log, "in"))
    assert len(errors) == 4
    assert all(error.startswith("MessageError: Article: ") for error in errors)
    assert "MessageError: Article: null record" in errors


def committed_soon(url: str, records: int) -> bool:
    """Whether that many records are in quarantine."""
    with open_log(url) as log:
        return log.reader("counts", "in.quarantine").lag() == {"in.quarantine": records}


def test_replayed_records_come_again(log: Log, log_url: str) -> None:
    write(log, "in", b"1")
    repaired = threading.Event()
    seen: list[bytes | None] = []

    def handle(records: list[Record]) -> None:
        if not repaired.is_set():
            raise KeyError("bug")
        seen.extend(values(records))

    with consuming(log_url, handle):
        wait_until(lambda: committed_soon(log_url, 1))
        repaired.set()
        replayed, dropped = replay(log, "in")
        assert ([one.value for one in replayed], dropped) == ([b"1"], [])
        wait_until(lambda: seen == [b"1"])
    assert list(waiting(log, "in")) == []


def test_an_outage_commits_nothing_and_resumes(log: Log, log_url: str) -> None:
    write(log, "in", b"1", b"2")
    there = threading.Event()
    tries: list[int] = []
    seen: list[bytes | None] = []
    health = Health()
    before = metric("claimwire_log_outages_total", group="outage", cause="other")

    def handle(records: list[Record]) -> None:
        tries.append(len(records))
        if not there.is_set():
            raise Outage("the model is being loaded")
        seen.extend(values(records))

    with consuming(log_url, handle, group="outage", health=health):
        wait_until(lambda: len(tries) >= 3)
        assert health.missing() == {"outage reads the log": "the model is being loaded"}
        assert health.stuck() == {}
        assert metric("claimwire_log_waiting", group="outage") == 1
        with open_log(log_url) as other:
            write(other, "in", b"3")
        there.set()
        wait_until(lambda: set(seen) == {b"1", b"2", b"3"})
        wait_until(lambda: health.missing() == {})
    assert metric("claimwire_log_outages_total", group="outage", cause="other") - before == 1
    assert metric("claimwire_log_waiting", group="outage") == 0
    assert committed(log_url, "outage")
    assert committed_soon(log_url, 0)


def test_stop_ends_the_wait_of_an_outage_at_once(sqlite_log_url: str) -> None:
    stop = threading.Event()
    reached = threading.Event()

    def handle(_records: list[Record]) -> None:
        reached.set()
        raise Outage("away")

    with open_log(sqlite_log_url) as log:
        write(log, "in", b"1")
        args = (log, log.reader("g", "in"), handle, stop)
        loop = threading.Thread(target=consume, args=args, kwargs={"backoff": Backoff(600, 600)})
        loop.start()
        reached.wait(10)
        stop.set()
        loop.join(10)
        assert not loop.is_alive()


def test_a_quarantine_that_is_down_stops_the_loop_and_skips_nothing(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    url = f"sqlite:///{path}"
    with SqliteLog(path) as log:
        write(log, "in", b"bad", b"2")
        with sqlite3.connect(path) as direct:
            direct.execute(
                "CREATE TRIGGER down BEFORE INSERT ON records WHEN NEW.topic = 'in.quarantine' BEGIN SELECT RAISE(ABORT, 'down'); END"
            )
        seen: list[bytes | None] = []
        health = Health()

        def handle(records: list[Record]) -> None:
            if b"bad" in values(records):
                raise ValueError("no such thing")
            seen.extend(values(records))

        with consuming(url, handle, health=health):
            wait_until(lambda: "down" in str(health.missing()))
            assert seen == []
            direct.execute("DROP TRIGGER down")
            wait_until(lambda: seen == [b"2"])
        direct.close()
        assert committed(url)
        assert [one.value for one in waiting(log, "in")] == [b"bad"]


def test_a_result_that_is_too_large_is_its_records_fault(log: Log, log_url: str) -> None:
    write(log, "in", b"1", b"2")
    with open_log(log_url) as writing:
        stop = threading.Event()
        done: list[Record] = []

        def handle(records: list[Record]) -> None:
            for record in records:
                writing.append("out", "key", b"x" * 800_000 if record.value == b"1" else b"fine")
                done.append(record)
                stop.set()

        consume(writing, writing.reader("g", "in"), handle, stop)
    assert [one.value for one in waiting(log, "in")] == [b"1"]
    assert values(read(log.reader("copies", "out"), 1)) == [b"fine"]


def test_a_stuck_handler_is_seen_and_a_long_wait_is_not(sqlite_log_url: str) -> None:
    now = [0.0]
    health = Health(lambda: now[0])
    entered, leave = threading.Event(), threading.Event()

    def handle(_records: list[Record]) -> None:
        entered.set()
        leave.wait(30)

    with open_log(sqlite_log_url) as log:
        write(log, "in", b"1")
    with consuming(sqlite_log_url, handle, health=health):
        entered.wait(10)
        now[0] = STUCK_SECONDS + 5
        assert health.stuck() == {"g loop": "stuck: 5 s late"}
        leave.set()
        wait_until(lambda: health.stuck() == {})


def test_lag_is_measured(log: Log, log_url: str) -> None:
    write(log, "in", *(b"%d" % number for number in range(5)))
    with consuming(log_url, lambda records: None, group="lagging", max_records=1):
        wait_until(lambda: 0 < metric("claimwire_log_lag_records", group="lagging", topic="in") < 5)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_and_resumed_loses_nothing(log: Log, log_url: str, seed: int) -> None:
    dice = random.Random(seed)
    sent = {b"%d" % number for number in range(150)}
    for value in sorted(sent):
        log.append("in", value.decode(), value)
    log.flush()
    copies = log.reader("look", "out")
    seen: set[bytes | None] = set()
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-m", "tests.wire.copying", log_url])
        try:
            enough = min(len(seen) + dice.randrange(1, 40), len(sent))
            wait_until(lambda: seen.update(values(copies.poll(100, 0.05))) or len(seen) >= enough, 60)  # type: ignore[func-returns-value]  # noqa: B023
        finally:
            child.send_signal(signal.SIGKILL)
            child.wait()
    with open_log(log_url) as finishing:

        def copy(records: list[Record]) -> None:
            for record in records:
                finishing.append("out", record.key or "", record.value or b"")

        stop = threading.Event()
        loop = threading.Thread(target=consume, args=(finishing, finishing.reader("copy", "in"), copy, stop), kwargs={"backoff": SOON})
        loop.start()
        wait_until(lambda: seen.update(values(copies.poll(100, 0.05))) or seen == sent, 60)  # type: ignore[func-returns-value]
        stop.set()
        loop.join(60)
    assert log.reader("copy", "in").lag() == {"in": 0}


class Refusing:
    """A reader whose commit fails once with an error of the test's choice; everything else is the real one's."""

    def __init__(self, reader: Reader, error: Exception) -> None:
        self.group, self.topics = reader.group, reader.topics
        self.poll, self.rewind, self.lag, self.close = reader.poll, reader.rewind, reader.lag, reader.close
        self._reader = reader
        self._error: Exception | None = error

    def commit(self) -> None:
        error, self._error = self._error, None
        if error:
            raise error
        self._reader.commit()


@pytest.mark.parametrize("error", [LogUnavailable("gone"), LogError("odd")])
def test_a_failed_commit_comes_again(sqlite_log_url: str, error: Exception) -> None:
    seen: list[bytes | None] = []
    stop = threading.Event()

    def handle(records: list[Record]) -> None:
        seen.extend(values(records))
        if len(seen) == 2:
            stop.set()

    with open_log(sqlite_log_url) as log:
        write(log, "in", b"1")
        consume(log, Refusing(log.reader("g", "in"), error), handle, stop, backoff=SOON)
    assert seen == [b"1", b"1"]
    assert committed(sqlite_log_url)


def test_what_is_an_outage() -> None:
    """What of the database's errors is one, tests/wire/test_database.py holds."""
    assert outage_cause(LogUnavailable("x")) == "log"
    assert outage_cause(LogError("x")) == "log"
    assert outage_cause(RecordTooLarge("x")) is None
    assert outage_cause(Outage("x")) == "other"
    assert outage_cause(ValueError("x")) is None
    with pytest.raises(DBAPIError) as gone, open_database("postgresql://a:b@127.0.0.1:1/c").connect():
        pass
    assert outage_cause(gone.value) == "database"
