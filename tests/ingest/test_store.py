"""The feed list, the marks and the writer, on each database and each log."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from ingest import feeds, seen
from ingest.dedupe import article_id
from ingest.feeds import COMMAND, GONE, Feed
from ingest.opml import Listing
from ingest.seen import KEEP, Seen
from ingest.writer import Change, Stopped, Writer
from tests.ingest.running import read_log
from tests.ingest.samples import NOON
from wire.database import open_database
from wire.log import Log, LogUnavailable, open_log
from wire.messages import Article

A, B, C = (Listing(f"https://{name}.example/rss", name.upper(), "World") for name in "abc")
DAY = timedelta(days=1)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A database with the tables of ingest."""
    opened = open_database(database_url)
    feeds.prepare(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def feed(engine: Engine) -> Feed:
    """A feed on the list."""
    feeds.add(engine, A)
    return feeds.load(engine)[0]


def article(path: str, text: str = "Text.") -> Article:
    """An article ready for the log."""
    url = f"https://a.example{path}"
    return Article(
        id=article_id(url),
        feed=A.address,
        outlet="A",
        url=url,
        title="T",
        text=text,
        full_text=False,
        language="en",
        published=NOON,
        fetched=NOON,
    )


def test_preparing_twice_changes_nothing(engine: Engine, feed: Feed) -> None:
    feeds.prepare(engine)
    assert feeds.load(engine) == [feed]


def test_add_and_remove(engine: Engine) -> None:
    assert feeds.add(engine, A)
    assert not feeds.add(engine, A)
    assert feeds.remove(engine, A.address)
    assert not feeds.remove(engine, A.address)
    assert feeds.load(engine) == []


def test_adding_a_gone_feed_again_revives_it(engine: Engine, feed: Feed) -> None:
    with engine.begin() as connection:
        feeds.save(connection, [replace(feed, state=GONE, errors=3, error="410", due=NOON)])
    assert not feeds.add(engine, A)
    assert feeds.load(engine) == [feed]


def test_sync_keeps_state_and_what_commands_added(engine: Engine) -> None:
    assert feeds.sync(engine, [A, B]) == (2, 0)
    feeds.add(engine, C, COMMAND)
    known = feeds.load(engine)[0]
    moved = replace(known, etag='"e"', errors=2, address="https://new.example/", checked=NOON, due=NOON, moved_since=NOON)
    with engine.begin() as connection:
        feeds.save(connection, [moved])
    assert feeds.sync(engine, [replace(A, title="Renamed")]) == (0, 1)
    assert feeds.load(engine)[0] == replace(moved, outlet="Renamed")
    assert [feed.listed for feed in feeds.load(engine)] == [A.address, C.address]


def test_a_mark_is_known_with_when_it_was_seen(engine: Engine, feed: Feed) -> None:
    with engine.begin() as connection:
        seen.save(connection, feed.id, [Seen(("m1", "m2"), "new", "en"), Seen(("m2", "m3"), "stale")], NOON)
        seen.save(connection, feed.id, [Seen(("m1",), "new")], NOON + DAY)
    assert seen.known(engine, {"m1", "m2", "m3", "m4"}) == dict.fromkeys(("m1", "m2", "m3"), NOON)
    assert seen.known(engine, []) == {}


def test_very_many_marks(engine: Engine, feed: Feed) -> None:
    marks = {f"{number:032}" for number in range(5000)}
    with engine.begin() as connection:
        seen.save(connection, feed.id, [Seen(tuple(marks), "new")], NOON)
    assert len(seen.known(engine, marks)) == 5000


def test_what_a_feed_still_shows_is_never_forgotten(engine: Engine, feed: Feed) -> None:
    later = NOON + KEEP + DAY
    with engine.begin() as connection:
        seen.save(connection, feed.id, [Seen(("old", "shown"), "new")], NOON)
        seen.save(connection, feed.id + 1, [Seen(("another's",), "new")], NOON)
        seen.touch(connection, ["shown"], later)
        assert seen.prune(connection, feed.id, later) == 1
    assert set(seen.known(engine, ["old", "shown", "another's"])) == {"shown", "another's"}


def test_removing_a_feed_forgets_its_marks(engine: Engine, feed: Feed) -> None:
    with engine.begin() as connection:
        seen.save(connection, feed.id, [Seen(("m",), "new")], NOON)
    feeds.remove(engine, A.address)
    assert seen.known(engine, ["m"]) == {}


def test_stored_articles_are_on_the_log_and_seen(engine: Engine, feed: Feed, log_url: str) -> None:
    changes = [(f"/{number}", f"mark {number}") for number in range(20)]

    async def put(writer: Writer) -> list[bool]:
        return await asyncio.gather(*(writer.put(Change(feed.id, article(path), (Seen((mark,), "new"),))) for path, mark in changes))

    assert with_writer(engine, log_url, put) == [True] * 20
    assert [one.url.removeprefix("https://a.example") for one in sorted(read_log(log_url), key=lambda one: int(one.url[18:]))] == [
        path for path, _ in changes
    ]
    assert len(seen.known(engine, [mark for _, mark in changes])) == 20


def test_an_article_that_the_log_does_not_take_is_named_and_the_next_one_stored(engine: Engine, feed: Feed, log_url: str) -> None:
    async def put(writer: Writer) -> list[bool]:
        large, small = article("/large", "x" * 20_000_000), article("/small")
        return list(
            await asyncio.gather(
                writer.put(Change(feed.id, large, (Seen(("large",), "new"),))),
                writer.put(Change(feed.id, small, (Seen(("small",), "new"),))),
            )
        )

    assert with_writer(engine, log_url, put) == [False, True]
    assert [one.url for one in read_log(log_url)] == ["https://a.example/small"]
    assert len(seen.known(engine, ["large", "small"])) == 2


def test_while_the_log_is_away_nothing_is_saved(engine: Engine, feed: Feed, sqlite_log_url: str) -> None:
    away, attempts = threading.Event(), []
    away.set()

    def opening() -> Log:
        attempts.append(away.is_set())
        if away.is_set():
            raise LogUnavailable("no broker answers")
        return open_log(sqlite_log_url)

    async def put(writer: Writer) -> None:
        stored = asyncio.create_task(writer.put(Change(feed.id, article("/a"), (Seen(("m",), "new"),))))
        while len(attempts) < 3:
            await asyncio.sleep(0.02)
        assert "no broker answers" in (writer.problem or "")
        assert seen.known(engine, ["m"]) == {}
        away.clear()
        assert await stored
        assert writer.problem is None

    with_writer(engine, opening, put)
    assert len(read_log(sqlite_log_url)) == 1
    assert seen.known(engine, ["m"])


def test_stopped_while_the_log_is_away(engine: Engine, feed: Feed) -> None:
    stop = threading.Event()

    def opening() -> Log:
        stop.set()
        raise LogUnavailable("no broker answers")

    async def put(writer: Writer) -> None:
        with pytest.raises(Stopped):
            await writer.put(Change(feed.id, article("/a"), (Seen(("m",), "new"),)))

    with_writer(engine, opening, put, stop)
    assert seen.known(engine, ["m"]) == {}


def with_writer(engine: Engine, log, work, stop: threading.Event | None = None):  # type: ignore[no-untyped-def]
    """Do this with a writer that runs."""

    async def whole():  # type: ignore[no-untyped-def]
        opening = log if callable(log) else lambda: open_log(log)
        writer = Writer(opening, engine, stop or threading.Event())
        running = asyncio.create_task(writer.run())
        try:
            return await work(writer)
        finally:
            running.cancel()
            await asyncio.to_thread(writer.close)

    return asyncio.run(whole())


def test_times_come_back_in_utc(engine: Engine, feed: Feed) -> None:
    local = datetime(2024, 11, 4, 15, 0, tzinfo=UTC).astimezone()
    with engine.begin() as connection:
        feeds.save(connection, [replace(feed, checked=local)])
    found = feeds.load(engine)[0].checked
    assert found == local
    assert found is not None
    assert found.utcoffset() == timedelta(0)
