"""The world over real HTTP: conditional GET, the feed that moves, the one in windows-1251, pages by date."""

from collections.abc import Iterator

import feedparser
import httpx
import pytest

from demo.clock import PlayedClock
from demo.server import Served, serve
from demo.stories import WorldError
from demo.world import World


class Time:
    """A clock that the test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def clock(world: World, time: Time) -> PlayedClock:
    clock = PlayedClock(world.first, world.last, 100, time)
    clock.start()
    return clock


@pytest.fixture
def served(world: World, clock: PlayedClock) -> Iterator[Served]:
    with serve(world, "127.0.0.1", 0, clock) as served:
        yield served


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.address) as client:
        yield client


def test_every_feed_and_page_is_there_in_the_end(world: World, time: Time, client: httpx.Client) -> None:
    time.seconds = 100
    for outlet in world.outlets.values():
        reply = client.get(outlet.first_feed, follow_redirects=True)
        assert reply.status_code == 200, outlet.key
        assert reply.headers["content-type"].startswith("application/"), outlet.key
        for story in world.shown(outlet, world.last):
            assert story.path in reply.text
            assert client.get(story.path).status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/hangang/").text.count("<li>") > 3
    assert client.get("/feeds.opml").text.count("<outline") == len(world.outlets)
    assert client.get("/nobody/rss").status_code == client.get("/hangang/none.html").status_code == 404


def test_nothing_is_shown_before_its_date(world: World, time: Time, clock: PlayedClock, client: httpx.Client) -> None:
    story = world.stories["nis-1500"]
    feed = world.outlets[story.outlet].first_feed
    share = (story.published - world.first) / (world.last - world.first)
    time.seconds = share * 100 - 0.001
    assert story.path not in client.get(feed).text
    assert client.get(story.path).status_code == 404
    time.seconds = share * 100 + 0.001
    assert story.path in client.get(feed).text
    assert client.get(story.path).status_code == 200


@pytest.mark.parametrize(
    ("key", "header", "question"),
    [("harbour", "etag", "if-none-match"), ("dnipro", "last-modified", "if-modified-since"), ("meridian", "etag", "if-none-match")],
)
def test_an_unchanged_feed_is_answered_with_304(
    world: World, time: Time, client: httpx.Client, key: str, header: str, question: str
) -> None:
    feed = world.outlets[key].first_feed
    time.seconds = 50
    first = client.get(feed)
    assert first.status_code == 200
    again = client.get(feed, headers={question: first.headers[header]})
    assert again.status_code == 304
    assert again.content == b""
    time.seconds = 100
    later = client.get(feed, headers={question: first.headers[header]})
    assert later.status_code == 200
    assert later.content != first.content


def test_an_etag_decides_over_a_date_and_a_broken_date_is_no_reason(world: World, time: Time, client: httpx.Client) -> None:
    time.seconds = 50
    feed = world.outlets["meridian"].first_feed
    first = client.get(feed)
    stale = {"if-none-match": '"other"', "if-modified-since": first.headers["last-modified"]}
    assert client.get(feed, headers=stale).status_code == 200
    assert client.get(feed, headers={"if-modified-since": "yesterday"}).status_code == 200


def test_a_server_without_validators_always_sends_the_whole_feed(world: World, time: Time, client: httpx.Client) -> None:
    time.seconds = 50
    reply = client.get(world.outlets["volga"].first_feed)
    assert reply.status_code == 200
    assert not {"etag", "last-modified"} & set(reply.headers)


def test_a_feed_moves_on_its_day(world: World, time: Time, client: httpx.Client) -> None:
    outlet = world.outlets["caribbean"]
    assert client.get("/caribbean/rss.php").status_code == 200
    time.seconds = 100
    moved = client.get("/caribbean/rss.php")
    assert moved.status_code == 301
    assert moved.headers["location"].endswith(f"/caribbean/{outlet.feed}")
    assert client.get(moved.headers["location"]).status_code == 200


def test_the_russian_feed_is_in_windows_1251(world: World, time: Time, client: httpx.Client) -> None:
    time.seconds = 100
    reply = client.get(world.outlets["vestnik"].first_feed)
    assert "windows-1251" in reply.headers["content-type"]
    with pytest.raises(UnicodeDecodeError):
        reply.content.decode("utf-8")
    parsed = feedparser.parse(reply.content, response_headers={"content-type": reply.headers["content-type"]})
    assert not parsed.bozo
    assert parsed.feed.title == "Северный вестник"
    assert parsed.entries[-1].title in {story.title for story in world.stories.values()}


def test_it_notes_which_feeds_were_read_after_the_last_story(world: World, time: Time, served: Served, client: httpx.Client) -> None:
    time.seconds = 99
    client.get(world.outlets["meridian"].first_feed)
    assert served.read_at_the_end == set()
    time.seconds = 100
    client.get(world.outlets["meridian"].first_feed)
    client.get(world.outlets["caribbean"].first_feed)  # 301: not read yet
    assert served.read_at_the_end == {"meridian"}


def test_a_taken_port_is_one_line(world: World, served: Served, clock: PlayedClock) -> None:
    port = int(served.address.rpartition(":")[2])
    with pytest.raises(WorldError, match=f"127.0.0.1:{port}.*--port"), serve(world, "127.0.0.1", port, clock):
        pass
