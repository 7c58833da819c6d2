"""A feed's answer waits for news, and not for ever."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from demo.clock import PlayedClock
from demo.hold import Hold
from demo.server import serve
from demo.world import World

LONGEST = 30.0


class Turned:
    """A world's clock that the test turns to a story's moment, held feeds, and a client."""

    def __init__(self, world: World, client: httpx.Client, longest: float) -> None:
        self._world, self._client, self._seconds = world, client, 0.0
        self.clock = PlayedClock(world.first, world.last, (world.last - world.first).total_seconds(), lambda: self._seconds)
        self.clock.start()
        self.hold = Hold(world, self.clock, longest)

    def to(self, story: str) -> None:
        self._seconds = (self._world.stories[story].published - self._world.first).total_seconds() + 1

    def ask(self, path: str) -> tuple[str, float]:
        """What comes, and after how many seconds."""
        asked = time.monotonic()
        return self._client.get(path).text, time.monotonic() - asked


@pytest.fixture
def turned(world: World, request: pytest.FixtureRequest) -> Iterator[Turned]:
    with httpx.Client(timeout=60) as client:
        turned = Turned(world, client, getattr(request, "param", LONGEST))
        with serve(world, "127.0.0.1", 0, turned.clock, turned.hold) as served:
            client.base_url = httpx.URL(served.address)
            yield turned


def test_it_answers_at_once_the_first_time_and_then_when_there_is_news(world: World, turned: Turned) -> None:
    story = world.stories["nis-1500"]
    feed = world.outlets[story.outlet].first_feed
    assert story.path not in turned.ask(feed)[0]
    threading.Timer(0.3, turned.to, [story.id]).start()
    text, seconds = turned.ask(feed)
    assert story.path in text
    assert 0.1 < seconds < LONGEST / 2


def test_news_of_another_outlet_are_none(world: World, turned: Turned) -> None:
    paths = [outlet.first_feed for outlet in world.outlets.values()]
    for path in paths:
        turned.hold(path)
    turned.to(next(iter(world.stories)))
    outlet = world.outlets[next(iter(world.stories.values())).outlet]
    answered = threading.Event()

    def ask(path: str) -> None:
        turned.hold(path)
        answered.set()

    other = next(path for path in paths if path != outlet.first_feed)
    threading.Thread(target=ask, args=[other], daemon=True).start()
    turned.hold(outlet.first_feed)
    assert not answered.wait(0.2)


@pytest.mark.parametrize("turned", [0.2], indirect=True)
def test_without_news_it_answers_after_a_while(world: World, turned: Turned) -> None:
    feed = world.outlets["meridian"].first_feed
    first, _ = turned.ask(feed)
    again, seconds = turned.ask(feed)
    assert again == first
    assert 0.15 < seconds < LONGEST / 2


def test_pages_and_the_last_day_are_never_held_up(world: World, turned: Turned) -> None:
    for _ in range(2):
        assert turned.ask("/feeds.opml")[1] < LONGEST / 2
    turned.to(next(reversed(world.stories)))
    for _ in range(2):
        assert turned.ask(world.outlets["meridian"].first_feed)[1] < LONGEST / 2
