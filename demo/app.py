"""Plays the world: serves it on loopback, runs the all-in-one on it, waits until all is accounted for, shows the figures.

Does nothing that production does not: the services get an environment and real feeds over HTTP, no simulated clock.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from demo import feeds
from demo.clock import PlayedClock
from demo.hold import Hold
from demo.pipeline import Pipeline
from demo.server import Served, serve
from demo.show import Show
from demo.world import World

HOST = "127.0.0.1"
#: The world's port. Fixed, so that a second run with the same data folder finds the addresses, and so the articles, that it knows.
PORT = 8781
#: How often the demo looks at the clock and the pipeline, in seconds.
TICK = 0.2
#: The pipeline has drained when its figures have stood still for as many seconds.
QUIET = 2.0
#: The longest that a feed without news holds up its answer, in seconds.
HELD = 1.0
#: Nobody reads the world when no feed was asked for in as many seconds: time for two polls of each.
AWAY = 2.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to play."""

    folder: Path  # data of this run: the log and the ledger, unless the environment names others
    seconds: float = 60.0
    port: int = PORT
    leave: bool = False  # end after the summary
    patience: float = 120.0  # seconds that the pipeline may take after the last article is out


def environment_for(options: Options, given: Mapping[str, str]) -> dict[str, str]:
    """The environment that the services run in: `given`, with what the demo needs; its log and database stay where given."""
    own_stores = {
        "CLAIMWIRE_LOG": f"sqlite:///{options.folder}/log.db",
        "CLAIMWIRE_DATABASE": f"sqlite:///{options.folder}/claimwire.db",
    }
    return own_stores | {name: value for name, value in given.items() if value} | service_settings(options.folder)


def service_settings(folder: Path) -> dict[str, str]:
    """What any service needs to be told to follow the world, wherever it runs on this machine."""
    return {
        "CLAIMWIRE_FEEDS": str(opml_file(folder)),
        "CLAIMWIRE_HORIZON": "never",
        "CLAIMWIRE_PRIVATE_NETWORKS": "yes",
        "CLAIMWIRE_POLL_MIN": "0.1s",
        "CLAIMWIRE_POLL_MAX": "0.1s",
        "CLAIMWIRE_POLLS": "64",  # a poll that the world holds up keeps its place
        "CLAIMWIRE_HOST_LIMIT": "64",
        "CLAIMWIRE_MOVE_AFTER": "5s",
        "CLAIMWIRE_TERMINAL": "yes",
    }


def opml_file(folder: Path) -> Path:
    """Where the list of the world's feeds is written."""
    return folder / "feeds.opml"


def new_clock(world: World, seconds: float, now: Callable[[], float] = time.monotonic) -> PlayedClock:
    """A clock from the world's first day to its last story."""
    return PlayedClock(world.first, world.last, seconds, now)


def write_opml(world: World, folder: Path, address: str) -> None:
    """Write the list of feeds where `service_settings` says it is."""
    folder.mkdir(parents=True, exist_ok=True)
    opml_file(folder).write_bytes(feeds.opml(world.outlets.values(), address))


def play(world: World, pipeline: Pipeline, options: Options, given: Mapping[str, str], show: Show, stop: threading.Event) -> int:
    """Play the world once through the all-in-one; the exit code. Returns early when `stop` is set."""
    clock = new_clock(world, options.seconds)
    environment = environment_for(options, given)
    ended = threading.Event()
    with serve(world, HOST, options.port, clock, Hold(world, clock, HELD)) as served:
        write_opml(world, options.folder, served.address)
        show.banner(len(world.stories), len(world.outlets), options.seconds)
        show.line(f"The desk: {pipeline.desk(environment)}", "bold green")
        services = _Services(pipeline, environment, ended)
        services.start()
        try:
            done = _Course(world, pipeline, clock, served, show, lambda: stop.is_set() or not services.is_alive()).run(options.patience)
            if done and not options.leave:
                show.line("The desk stays open. Ctrl-C ends it.")
                while services.is_alive() and not stop.wait(TICK):
                    pass
        finally:
            ended.set()
            services.join()
    if services.error:
        raise services.error
    return 0 if done or stop.is_set() else 1


class _Services(threading.Thread):
    """The all-in-one in a thread; keeps the error that ended it."""

    def __init__(self, pipeline: Pipeline, environment: Mapping[str, str], ended: threading.Event) -> None:
        super().__init__(name="demo-services")
        self._pipeline, self._environment, self._ended = pipeline, environment, ended
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._pipeline.run_all(self._environment, self._ended)
        except BaseException as error:  # SystemExit too: the caller raises it in the main thread
            self.error = error


@dataclass(frozen=True, slots=True)
class _Course:
    """The course of one demo: the services get ready, the months pass, the pipeline drains."""

    world: World
    pipeline: Pipeline
    clock: PlayedClock
    served: Served
    show: Show
    given_up: Callable[[], bool]

    def run(self, patience: float) -> bool:
        """True when all has been played and is accounted for; the figures are shown then, and after `patience` seconds."""
        if not self._until(self.pipeline.ready):
            return False
        self.clock.start()
        if not self._until(self._months_have_passed):
            return False
        latest = time.monotonic() + patience
        if not self._until(lambda: time.monotonic() > latest or self._settled()):
            return False
        if late := time.monotonic() > latest:
            self.show.line(f"Not all is through {patience:g} s after the last article; the figures so far:", "yellow")
        self.show.summary(self.pipeline.summary(), len(self.world.stories))
        return not late

    def _until(self, holds: Callable[[], bool]) -> bool:
        """Wait until it holds; False where the demo is given up before."""
        while not holds():
            if self.given_up():
                return False
            time.sleep(TICK)
        return True

    def _months_have_passed(self) -> bool:
        self.show.month(self.clock.played)
        return self.clock.ended

    def _settled(self) -> bool:
        """Whether every feed was read to its end and nothing moves any more; takes `QUIET` seconds to say yes."""
        if self.served.read_at_the_end != set(self.world.outlets) or not self.pipeline.drained():
            return False
        before = self.pipeline.summary()
        end = time.monotonic() + QUIET
        self._until(lambda: time.monotonic() > end)
        return self.pipeline.drained() and self.pipeline.summary() == before


def serve_only(world: World, options: Options, show: Show, stop: threading.Event) -> int:
    """Serve the world for services that run elsewhere; plays it once, while they read it, and serves on until `stop` is set."""
    clock = new_clock(world, options.seconds)
    with serve(world, HOST, options.port, clock, Hold(world, clock, HELD)) as served:
        write_opml(world, options.folder, served.address)
        show.banner(len(world.stories), len(world.outlets), options.seconds)
        show.line(f"The world: {served.address}/ (feeds: {served.address}/feeds.opml)", "bold green")
        show.line("Settings for the services:")
        for name, value in service_settings(options.folder).items():
            show.line(f"export {name}={value}")
        show.line("The months pass while somebody reads the feeds.")
        while not stop.wait(TICK):
            clock.start() if served.is_read(within=AWAY) else clock.pause()
            show.month(clock.played)
            if clock.ended and options.leave and served.read_at_the_end == set(world.outlets):
                return 0
    return 0
