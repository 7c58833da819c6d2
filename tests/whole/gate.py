"""The demo's world with a gate: its stories come out one by one, when the test says so."""

import threading
from collections import Counter

from demo.clock import PlayedClock
from demo.stories import Story
from demo.world import World

#: Seconds that an answer is held up at most; ingest gives up a fetch after 20.
LONGEST = 10.0


class Gate:
    """The clock of a world, and what holds up its feeds' answers: a feed answers when it has something that it has not shown."""

    def __init__(self, world: World) -> None:
        self._first, self._seconds = world.first, 0.0
        self.clock = PlayedClock(world.first, world.last, (world.last - world.first).total_seconds(), lambda: self._seconds)
        self.clock.start()
        self._outlets = {path: key for key, outlet in world.outlets.items() for path in (outlet.first_feed, f"/{key}/{outlet.feed}")}
        self._out: Counter[str] = Counter()  # stories that are out, by outlet
        self._shown: dict[str, int] = {}  # how many of them were out at the last answer, by path
        self._changed = threading.Condition()

    def publish(self, story: Story) -> None:
        """From now on this story is out."""
        with self._changed:
            self._seconds = (story.published - self._first).total_seconds() + 1  # the next is dated a minute later at least
            self._out[story.outlet] += 1
            self._changed.notify_all()

    def hold(self, path: str) -> None:
        """Hold up a request for a feed until there is something new to answer; not the first one, and not for ever."""
        outlet = self._outlets.get(path)
        if outlet is None:
            return
        with self._changed:
            if path in self._shown:
                self._changed.wait_for(lambda: self._out[outlet] != self._shown[path], LONGEST)
            self._shown[path] = self._out[outlet]
