"""Holds up a feed's answer until the feed has news, so that stories reach who polls it in nearly the order in which they come out.

Without it eight months in a minute would arrive days out of order: a poll a second is a poll every four days. Not for pages.
"""

import time

from demo.clock import PlayedClock
from demo.world import World

#: Seconds between looks at the clock: some two hours of the world's, in a demo of a minute.
LOOK = 0.02


class Hold:
    """Called with a request's path, returns when it may be answered: after `longest` seconds without news, at once once all is out."""

    def __init__(self, world: World, clock: PlayedClock, longest: float) -> None:
        self._world, self._clock, self._longest = world, clock, longest
        outlets = world.outlets.values()
        self._outlets = {path: outlet for outlet in outlets for path in (outlet.first_feed, f"/{outlet.key}/{outlet.feed}")}
        self._answered: dict[str, str] = {}  # path: the newest story that was out at its last answer

    def __call__(self, path: str) -> None:
        if path not in self._outlets:
            return
        latest = time.monotonic() + self._longest
        while self._newest(path) == self._answered.get(path, "nobody asked") and not self._clock.ended and time.monotonic() < latest:
            time.sleep(LOOK)
        self._answered[path] = self._newest(path)

    def _newest(self, path: str) -> str:
        shown = self._world.shown(self._outlets[path], self._clock.played)
        return shown[0].id if shown else ""
