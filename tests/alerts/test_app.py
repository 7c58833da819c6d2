import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from alerts.app import run
from alerts.ledger import reading, subscribing
from alerts.ledger.opening import open_ledger
from alerts.settings import AlertsSettings
from tests.alerts.samples import CONFIRMS, MORNING, at, finding
from tests.alerts.test_deliver import wait_until
from tests.servers import webhooks
from wire.log import open_log
from wire.messages import FINDINGS, Finding
from wire.settings import SettingError, read
from wire.telemetry import Health

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(sqlite_log_url: str, database_url: str) -> dict[str, str]:
    return {
        "CLAIMWIRE_LOG": sqlite_log_url,
        "CLAIMWIRE_DATABASE": database_url,
        "CLAIMWIRE_TELEMETRY_PORT": "none",
        "CLAIMWIRE_DESK_PORT": "0",
        "CLAIMWIRE_PRIVATE_NETWORKS": "yes",
    }


@contextmanager
def running(environment: Mapping[str, str]) -> Iterator[Health]:
    stop, health = threading.Event(), Health()
    thread = threading.Thread(target=run, args=(read(AlertsSettings, environment), stop, health))
    thread.start()
    try:
        yield health
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def publish(environment: Mapping[str, str], *findings: Finding | bytes) -> None:
    with open_log(environment["CLAIMWIRE_LOG"]) as log:
        for one in findings:
            key, value = ("key", one) if isinstance(one, bytes) else (one.claim_key, one.encode())
            log.append(FINDINGS, key, value)
        log.flush()


def test_from_the_log_to_the_desk_that_asked(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_ledger(environment["CLAIMWIRE_DATABASE"])
    with webhooks.running() as receiver, running(environment | {"CLAIMWIRE_TERMINAL": "yes"}) as health:
        subscribing.add(engine, MORNING, name="desk", channel=receiver.url)
        publish(environment, finding("deny", 0), b"{broken", finding("confirm", 24, sentence=CONFIRMS))
        receiver.wait_for(2)
        wait_until(lambda: [one.state for one in reading.deliveries(engine)] == ["sent"] * 4)
        wait_until(lambda: health.missing() == {})
    alerts = reading.recent_alerts(engine)
    assert [alert.reason for alert in alerts] == ["reversal", "first_denial"]
    assert "Russia CONFIRMS North Korean troops in Russia: reverses its denial of 24 October 2024" in capsys.readouterr().out
    with open_log(environment["CLAIMWIRE_LOG"]) as log:
        reader = log.reader("test", f"{FINDINGS}.quarantine")
        assert len(reader.poll(10, 1.0)) == 1
        reader.close()


def test_a_second_start_reads_nothing_twice(environment: dict[str, str]) -> None:
    engine = open_ledger(environment["CLAIMWIRE_DATABASE"])
    for place in range(2):
        with running(environment):
            publish(environment, finding("confirm", 0), finding("deny", 24 * (place + 1), speaker_side="US"))
            wait_until(lambda: reading.board(engine)[0].findings == place + 2 if reading.board(engine) else False)  # noqa: B023
    assert len(reading.recent_alerts(engine)) == 2


def test_a_taken_port_is_named(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with pytest.raises(SettingError, match=f"CLAIMWIRE_DESK_PORT={port}: Address already in use"):
            run(read(AlertsSettings, environment | {"CLAIMWIRE_DESK_PORT": port}), threading.Event(), Health())


def test_the_desk_answers(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(environment | {"CLAIMWIRE_DESK_PORT": str(port)}):
        transport = httpx.HTTPTransport(retries=5)
        with httpx.Client(transport=transport) as client:
            assert client.get(f"http://127.0.0.1:{port}/").status_code == 200


SERVICE = """
import os, threading
from alerts.app import run
from alerts.settings import AlertsSettings
from wire.settings import read

run(read(AlertsSettings, os.environ), threading.Event())
"""


@pytest.mark.timeout(180)
def test_killed_in_mid_stream_it_goes_on_and_alerts_once(environment: dict[str, str]) -> None:
    """Killed after so many webhooks were taken; at most one delivery of each kill comes twice, under the same id."""
    engine = open_ledger(environment["CLAIMWIRE_DATABASE"])
    given = [finding(force=(f"A{chr(65 + place)}",), hours=place) for place in range(20)]
    publish(environment, *given)
    with webhooks.running() as receiver:
        subscribing.add(engine, at(0), name="desk", channel=receiver.url)
        for taken in (3, 9, 15):
            service = subprocess.Popen([sys.executable, "-c", SERVICE], cwd=ROOT, env=os.environ | environment)
            receiver.wait_for(taken, seconds=30)
            service.send_signal(signal.SIGKILL)
            service.wait()
        with running(environment):
            # A delivery that was leased at the kill is free again only after a minute; it is not waited for.
            wait_until(lambda: sum(one.state == "sent" for one in reading.deliveries(engine)) >= 17)
        ids = [headers["webhook-id"] for headers, _ in receiver.requests]
    assert len(reading.recent_alerts(engine)) == len(reading.deliveries(engine)) == 20
    assert sorted(alert.finding for alert in reading.recent_alerts(engine)) == sorted(one.id for one in given)
    assert len(ids) - len(set(ids)) <= 3
    assert set(ids) <= {one.id for one in reading.deliveries(engine)}
    assert all(re.fullmatch("[0-9a-f]{32}", id) for id in ids)
