"""A desk served by a real uvicorn on a free port, and a real Chromium that looks at it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import Engine

import alerts
from alerts.ledger.record import record
from alerts.web.app import create_app
from tests.alerts.samples import finding
from wire.database import migrate, open_database
from wire.messages import utc_now

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
).split()


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page complained of and asked for."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def watch() -> Watch:
    """What `page` complained of and asked for so far."""
    return Watch()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser profile of this test's own."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Iterator[Page]:
    """A page; the test fails where it logged an error or asked anybody but the desk."""
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: watch.errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.on("request", lambda request: watch.requests.append(request.url))
    yield page
    assert watch.errors == []
    assert [url for url in watch.requests if not url.startswith("http://127.0.0.1:")] == []


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
