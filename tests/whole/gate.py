"""The demo's world with a gate: its stories come out one by one, when the test says so."""

from demo.clock import PlayedClock
from demo.stories import Story
from demo.world import World


class Gate:
    """The clock of a world that stands still until a story is let through."""

    def __init__(self, world: World) -> None:
        self._first, self._seconds = world.first, 0.0
        self.clock = PlayedClock(world.first, world.last, (world.last - world.first).total_seconds(), lambda: self._seconds)
        self.clock.start()

    def publish(self, story: Story) -> None:
        """From now on this story is out, and all before it."""
        self._seconds = (story.published - self._first).total_seconds() + 1  # the next is dated a minute later at least
