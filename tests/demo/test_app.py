"""The course of a demo, with a small reader of the test's own in the place of the services: it polls the real feeds over HTTP."""

import io
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree

import feedparser
import httpx
import pytest
from rich.console import Console

from demo.app import Options, environment_for, play, serve_only, service_settings
from demo.pipeline import Pipeline, Summary
from demo.show import Show
from demo.stories import WorldError
from demo.world import World


class Reader:
    """Reads every feed in CLAIMWIRE_FEEDS again and again; an article is a link that it has not seen."""

    def __init__(self, fails: str = "") -> None:
        self.links: set[str] = set()
        self.environment: Mapping[str, str] = {}
        self.up = threading.Event()
        self._fails = fails

    def run_all(self, environment: Mapping[str, str], stop: threading.Event) -> None:
        if self._fails:
            raise ValueError(self._fails)
        self.environment = environment
        rows = ElementTree.parse(environment["CLAIMWIRE_FEEDS"]).findall("./body/outline")
        with httpx.Client(follow_redirects=True) as client:
            self.up.set()
            while not stop.is_set():
                for row in rows:
                    self._read(client.get(row.attrib["xmlUrl"]))

    def _read(self, reply: httpx.Response) -> None:
        if "json" in reply.headers["content-type"]:
            self.links |= {item["url"] for item in reply.json()["items"]}
        else:
            self.links |= {entry.link for entry in feedparser.parse(reply.content).entries}

    def pipeline(self) -> Pipeline:
        return Pipeline(self.run_all, self.up.is_set, lambda: True, self.summary, lambda environment: "http://127.0.0.1:8400/")

    def summary(self) -> Summary:
        return Summary(len(self.links), findings=0, alerts=0, latency_p50=None, latency_p95=None)


@pytest.fixture
def written() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def show(written: io.StringIO) -> Show:
    return Show(Console(file=written, width=100))


@pytest.fixture(scope="module")
def small(world: World) -> World:
    """The first month and a half, enough for a short run."""
    return World.of(world.outlets, list(world.stories.values())[:60])


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(tmp_path / "data", seconds=3, port=0, leave=True)


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    stop = threading.Event()
    yield stop
    stop.set()


def test_a_demo_plays_all_of_it_and_ends_with_its_figures(
    small: World, options: Options, show: Show, written: io.StringIO, stop: threading.Event
) -> None:
    reader = Reader()
    assert play(small, reader.pipeline(), options, {}, show, stop) == 0
    assert {link.rpartition("/")[2] for link in reader.links} == {f"{story.id}.html" for story in small.stories.values()}
    text = written.getvalue()
    assert text.startswith("Claimwire demo\n60 articles by 23 invented outlets")
    assert "The desk: http://127.0.0.1:8400/" in text
    assert text.index("── October 2024 ──") < text.index("── November 2024 ──") < text.index("Summary")
    assert "\x1b" not in text, "no colours where the output is no terminal"


def test_a_demo_that_is_stopped_ends_at_once_and_well(small: World, options: Options, show: Show, written: io.StringIO) -> None:
    stop = threading.Event()
    stop.set()
    assert play(small, Reader().pipeline(), options, {}, show, stop) == 0
    assert "Summary" not in written.getvalue()


def test_without_exit_the_desk_stays_open_until_it_is_stopped(
    small: World, options: Options, show: Show, written: io.StringIO, stop: threading.Event
) -> None:
    staying = Options(options.folder, seconds=1, port=0)
    thread = threading.Thread(target=play, args=(small, Reader().pipeline(), staying, {}, show, stop))
    thread.start()
    while "stays open" not in written.getvalue() and thread.is_alive():
        thread.join(0.1)
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_services_that_fail_end_the_demo_with_their_error(small: World, options: Options, show: Show, stop: threading.Event) -> None:
    with pytest.raises(ValueError, match="no model"):
        play(small, Reader(fails="no model").pipeline(), options, {}, show, stop)


def test_a_pipeline_that_never_drains_is_said_so(
    small: World, options: Options, show: Show, written: io.StringIO, stop: threading.Event
) -> None:
    reader = Reader()
    never = Pipeline(reader.run_all, reader.up.is_set, lambda: False, reader.summary, str)
    assert play(small, never, Options(options.folder, seconds=1, port=0, leave=True, patience=1), {}, show, stop) == 1
    assert "Not all is through 1 s after the last article" in written.getvalue()
    assert "Summary" in written.getvalue()


def test_the_environment_keeps_the_stores_that_were_given(options: Options) -> None:
    own = environment_for(options, {"HOME": "/home/x", "CLAIMWIRE_HORIZON": "1h", "CLAIMWIRE_LOG": ""})
    assert own["CLAIMWIRE_LOG"] == f"sqlite:///{options.folder}/log.db"
    assert own["CLAIMWIRE_HORIZON"] == "never"
    assert own["HOME"] == "/home/x"
    given = environment_for(options, {"CLAIMWIRE_LOG": "kafka://localhost:9092", "CLAIMWIRE_DATABASE": "postgresql://u:p@h/d"})
    assert given["CLAIMWIRE_LOG"] == "kafka://localhost:9092"
    assert given["CLAIMWIRE_DATABASE"] == "postgresql://u:p@h/d"


def test_the_world_alone_says_what_the_services_need_and_waits_for_them(
    small: World, options: Options, show: Show, written: io.StringIO
) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=serve_only, args=(small, options, show, stop))
    thread.start()
    try:
        while "The months pass" not in written.getvalue() and thread.is_alive():
            thread.join(0.05)
        for name, value in service_settings(options.folder).items():
            assert f"export {name}={value}\n" in written.getvalue()
        assert (options.folder / "feeds.opml").read_bytes().startswith(b"<?xml")
        thread.join(0.5)
        assert "November" not in written.getvalue(), "the world waits for a reader"
        reader = threading.Thread(target=Reader().run_all, args=(service_settings(options.folder), stop))
        reader.start()
        thread.join(30)
        assert not thread.is_alive()
        assert "November" in written.getvalue()
    finally:
        stop.set()
        thread.join(10)
    reader.join(10)
    assert not thread.is_alive()
    assert not reader.is_alive()


def test_a_taken_port_is_an_error_before_anything_runs(small: World, options: Options, show: Show, stop: threading.Event) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(WorldError, match="--port"):
            play(small, Reader().pipeline(), Options(options.folder, port=port), {}, show, stop)
