"""Hazards 32 to 34: killed at every statement, two at once, the database gone in mid-transaction."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, event, func, select, text

from alerts.ledger import outbox, reading, subscribing
from alerts.ledger.opening import open_ledger
from alerts.ledger.record import Outcome, record, record_all
from alerts.ledger.schema import findings, sources
from tests.alerts.samples import MORNING, at, finding
from wire.messages import Finding

NOW = at(100)
GIVEN = [
    finding("deny", 0),
    finding("confirm", 24),
    finding("confirm", 25),
    finding("allege", 25, speaker_side="UA"),
    finding("deny", 26, topic="escalation", force=("RU",), place="UA"),
    finding("confirm", 27, score=0.2),
]
FORK = multiprocessing.get_context("fork")


def at_statement(number: int, act: Callable[[Connection], None], engine: Engine) -> None:
    """Call `act` before the statement of this number."""
    seen = iter(range(1, 10**6))

    def before(connection: Connection, *_: object) -> None:
        if next(seen) == number:
            act(connection)

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", before)


def in_child(url: str, number: int, given: list[Finding]) -> None:
    """Record in a process that kills itself at a statement."""
    engine = open_ledger(url)
    at_statement(number, lambda _: os.kill(os.getpid(), signal.SIGKILL), engine)
    record_all(engine, given, NOW)
    os._exit(0)


def test_killed_at_any_statement_nothing_is_lost_or_repeated(engine: Engine, database_url: str) -> None:
    subscribing.add(engine, MORNING, name="desk", channel="terminal:")
    engine.dispose()  # a forked child must not share connections
    kills = 0
    while True:
        child = FORK.Process(target=in_child, args=(database_url, kills + 1, GIVEN))
        child.start()
        child.join(30)
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        kills += 1
    assert kills > 10
    assert [one.outcome for one in record_all(engine, GIVEN, NOW)] == [Outcome.known] * len(GIVEN)
    assert [(alert.sequence, alert.reason) for alert in reading.recent_alerts(engine)] == [
        (3, "first_denial"),
        (2, "reversal"),
        (1, "first_denial"),
    ]
    assert len(reading.deliveries(engine)) == 3
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(findings)).scalar_one() == len(GIVEN)
        assert connection.execute(select(func.count()).select_from(sources)).scalar_one() == 5


def test_two_at_once_raise_each_alert_once(engine: Engine) -> None:
    subscribing.add(engine, MORNING, name="desk", channel="terminal:")
    sides = ["RU", "KP", "US", "KR", "UA", "JP"]
    given = [finding("confirm", hour, speaker_side=side) for hour in range(5) for side in sides]
    barrier = threading.Barrier(4)

    def run(place: int) -> int:
        barrier.wait()
        mine = given if place % 2 else given[::-1]
        return sum(record(engine, one, NOW) is not None for one in mine)

    with ThreadPoolExecutor(4) as pool:
        raised = sum(pool.map(run, range(4)))
    alerts = reading.recent_alerts(engine)
    assert len({alert.side for alert in alerts}) == len(sides)
    assert raised == len(alerts)
    # Read backwards, hour 4 comes first: what is older by less than six hours is the same position. One alert a side.
    assert len(alerts) == len(sides)
    assert [alert.sequence for alert in alerts] == [6, 5, 4, 3, 2, 1]
    assert len(reading.deliveries(engine)) == 6


def test_two_processes_at_once(engine: Engine, database_url: str) -> None:
    given = [finding("confirm", hour / 10) for hour in range(30)]
    engine.dispose()

    def work() -> None:
        own = open_ledger(database_url)
        for one in given:
            record(own, one, NOW)
        os._exit(0)

    children = [FORK.Process(target=work) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    assert [child.exitcode for child in children] == [0, 0]
    assert len(reading.recent_alerts(engine)) == 1


def test_a_connection_lost_in_mid_transaction_runs_it_again(postgresql_database_url: str) -> None:
    engine, other = open_ledger(postgresql_database_url), open_ledger(postgresql_database_url)

    def end(connection: Connection) -> None:
        cursor = connection.connection.cursor()
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (None,)
        with other.begin() as killer:
            killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

    at_statement(6, end, engine)
    assert record(engine, finding(), NOW) is not None
    assert len(reading.recent_alerts(engine)) == 1


def test_a_stalled_writer_is_ended_and_another_goes_on(postgresql_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.ledger.record.IDLE_LIMIT", "SET LOCAL idle_in_transaction_session_timeout = '300ms'")
    stalled, other = open_ledger(postgresql_database_url), open_ledger(postgresql_database_url)
    stalling, resume = threading.Event(), threading.Event()

    def stall(_: Connection) -> None:
        stalling.set()
        resume.wait(30)

    at_statement(5, stall, stalled)
    with ThreadPoolExecutor(1) as pool:
        zombie = pool.submit(record, stalled, finding(), NOW)
        assert stalling.wait(10)
        assert record(other, finding(), NOW) is not None
        resume.set()
        assert zombie.result(30) is None  # its transaction ran again, and found the finding known
    assert len(reading.recent_alerts(other)) == 1


def test_one_lease_in_eight_threads(engine: Engine) -> None:
    subscribing.add(engine, MORNING, name="desk", channel="terminal:")
    record(engine, finding(), NOW)
    (due,) = outbox.due(engine, NOW)
    barrier = threading.Barrier(8)

    def take(_: int) -> bool:
        barrier.wait()
        return outbox.lease(engine, due, NOW) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(8))) == 1
