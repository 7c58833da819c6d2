"""A desk served by a real uvicorn on a free port. The `page` that looks at it comes from tests/conftest.py."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from sqlalchemy import Engine

import alerts
from alerts.ledger.record import record
from alerts.web.app import create_app
from tests.alerts.samples import finding
from wire.database import migrate, open_database
from wire.messages import utc_now


@pytest.fixture
def ledger(sqlite_database_url: str) -> Iterator[Engine]:
    """An empty ledger on SQLite; tests that ask for `engine` instead run on both backends."""
    engine = open_database(sqlite_database_url)
    migrate(engine, Path(alerts.__file__).parent)
    yield engine
    engine.dispose()


@pytest.fixture
def serve() -> Iterator[Callable[[Engine], str]]:
    """Serves a desk over a ledger and gives its address; stops it when the test is over."""
    running: list[tuple[uvicorn.Server, threading.Event, threading.Thread]] = []

    def start(engine: Engine) -> str:
        stop = threading.Event()
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(engine, stopping=stop.is_set), log_level="warning", timeout_graceful_shutdown=5)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        running.append((server, stop, thread))
        deadline = time.monotonic() + 10
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for server, stop, thread in running:
        stop.set()
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the desk did not stop"


@pytest.fixture
def desk(ledger: Engine, serve: Callable[[Engine], str]) -> str:
    """The address of a desk over `ledger`."""
    return serve(ledger)


def story(engine: Engine) -> None:
    """Pyongyang denies, Moscow will not comment and then confirms, in three articles."""
    for one in (
        finding(
            "deny",
            0,
            speaker="a North Korean diplomat",
            speaker_side="KP",
            outlet="Harbour Post",
            sentence="“Groundless”, a North Korean diplomat said.",
        ),
        finding("no_comment", 6, speaker="Vladimir Putin", sentence="It is our business, Vladimir Putin said of the troops."),
        finding("allege", 8, speaker="Seoul", speaker_side="KR", count=11_000, sentence="There are 11,000 of them, Seoul said."),
        finding("confirm", 30, speaker="Maria Zakharova", sentence="They fought shoulder to shoulder with us, Maria Zakharova said."),
        finding("confirm", 31, speaker="the ministry", outlet="Second Outlet", sentence="The ministry confirmed it on Sunday."),
    ):
        record(engine, one, utc_now())
