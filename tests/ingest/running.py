"""The real service in a thread, and what a test sees of it: the log, the feed list, the counters."""

import threading
import time
from collections.abc import Callable, Sequence

from prometheus_client import REGISTRY

from ingest import feeds
from ingest.app import open_engine, run
from ingest.feeds import Feed
from ingest.opml import Listing
from ingest.settings import IngestSettings
from wire.log import open_log
from wire.messages import ARTICLES, Article
from wire.telemetry import Health

PATIENCE = 40.0


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Return once the condition holds; an AssertionError that names it where it never does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, f"never happened: {what}"
        time.sleep(0.02)


def counted(name: str, **labels: str) -> float:
    """A counter's value now, over all labels but those given."""
    return sum(
        sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def put_on_list(settings: IngestSettings, addresses: Sequence[str]) -> None:
    """Add feeds to the list in the database."""
    engine = open_engine(settings.shared)
    feeds.prepare(engine)
    for address in addresses:
        feeds.add(engine, Listing(address, title="Example"))
    engine.dispose()


class Service:
    """ingest.app.run in a thread."""

    def __init__(self, settings: IngestSettings, addresses: Sequence[str], stop: threading.Event) -> None:
        self.settings = settings
        self.health = Health()
        self._stop = stop
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        put_on_list(settings, addresses)

    def start(self) -> None:
        """Start it; `articles` and `feed` may be asked at once."""
        self._thread.start()

    def stop(self) -> None:
        """Stop it as a signal would; raises what it ended with."""
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the service does not stop"
        if self._error is not None:
            raise self._error

    def articles(self, at_least: int = 0) -> list[Article]:
        """What is on the log, once there are so many."""
        wait_until(lambda: len(self._on_log()) >= at_least, f"{at_least} articles on the log")
        return self._on_log()

    def feed(self, settled: Callable[[Feed], bool] = lambda feed: feed.checked is not None) -> Feed:
        """The first feed's saved state, once this holds for it."""
        wait_until(lambda: settled(self._feeds()[0]), "a feed in this state")
        return self._feeds()[0]

    def _run(self) -> None:
        try:
            run(self.settings, self._stop, self.health)
        except BaseException as error:
            self._error = error

    def _feeds(self) -> list[Feed]:
        engine = open_engine(self.settings.shared)
        try:
            return feeds.load(engine)
        finally:
            engine.dispose()

    def _on_log(self) -> list[Article]:
        return read_log(self.settings.shared.log)


def read_log(url: str) -> list[Article]:
    """Every article on a log, from its start."""
    with open_log(url) as log:
        reader = log.reader("test", ARTICLES)
        found: list[Article] = []
        while records := reader.poll(500, 0.01):
            found += [Article.decode(record.value) for record in records]
        reader.close()
    return found
