"""The ingest service: keeps the feeds' rota, several polls at a time, until told to stop. Fetches and stores nothing itself."""

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from ingest import feeds, metrics, opml
from ingest.compose import Composer
from ingest.feeds import ACTIVE, Feed
from ingest.fetch import Fetcher
from ingest.poll import Poller
from ingest.settings import IngestSettings
from ingest.workers import Workers
from ingest.writer import Stopped, Writer
from wire.database import is_outage, open_database
from wire.log import open_log, parse_address
from wire.messages import utc_now
from wire.settings import SettingError, Shared
from wire.telemetry import Health, reporting

logger = logging.getLogger(__name__)

#: Seconds between looks at the rota.
TICK = 0.1
#: How soon a feed that a command added is polled.
RELOAD_EVERY = timedelta(seconds=5)
#: A feed whose poll ended in an outage or a fault of ours waits this long.
PAUSE_AFTER_FAULT = timedelta(seconds=10)
#: Threads for name resolution, which blocks: dead names must not hold up the others.
RESOLVER_THREADS = 32


def run(settings: IngestSettings, stop: threading.Event, health: Health | None = None) -> None:
    """Poll the feeds and put new articles on the log until `stop` is set. SettingError where a setting cannot be used."""
    engine = open_engine(settings.shared)
    try:
        feeds.prepare(engine)
        sync_opml(engine, settings)
        with reporting(settings.shared, health) as watched:
            asyncio.run(_serve(settings, engine, stop, watched))
    finally:
        engine.dispose()


def sync_opml(engine: Engine, settings: IngestSettings) -> None:
    """Bring the feed list in step with CLAIMWIRE_FEEDS, where it is set; SettingError where that file cannot be used."""
    if settings.feeds is None:
        return
    try:
        listings = opml.read(settings.feeds.read_bytes())
    except (OSError, opml.OpmlError) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        raise SettingError(f"CLAIMWIRE_FEEDS={settings.feeds}: {cause}; should be the path of an OPML file") from None
    came, went = feeds.sync(engine, listings)
    logger.info("%s lists %d feeds; %d came, %d went", settings.feeds, len(listings), came, went)


def own_addresses(shared: Shared) -> Iterator[tuple[str, int]]:
    """Where this installation itself listens: never a feed's address, even where private networks are open."""
    if shared.telemetry_port:
        yield ("127.0.0.1" if shared.telemetry_host in ("0.0.0.0", "::", "") else shared.telemetry_host), shared.telemetry_port
    log = parse_address(shared.log)
    for broker in log.place.split(",") if log.scheme == "kafka" else ():
        host, _, port = broker.rpartition(":")
        yield host.strip("[]"), int(port)
    database = make_url(shared.database)
    if database.host:
        yield database.host, database.port or 5432


def open_engine(shared: Shared) -> Engine:
    """The database that these settings name; SettingError where they name none."""
    try:
        return open_database(shared.database)
    except ValueError as error:
        raise SettingError(f"CLAIMWIRE_DATABASE: {error}") from None


async def _serve(settings: IngestSettings, engine: Engine, stop: threading.Event, health: Health) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(RESOLVER_THREADS, "resolve"))
    writer = Writer(lambda: open_log(settings.shared.log), engine, stop)
    storing = asyncio.create_task(writer.run())
    try:
        async with (
            Workers(settings.parsers, settings.parse_timeout) as workers,
            Fetcher(settings, own_addresses(settings.shared)) as fetcher,
        ):
            composer = Composer(settings, fetcher, workers)
            poller = Poller(settings, engine, fetcher, workers, composer, writer, asyncio.Semaphore(settings.polls), utc_now)
            rota = Rota(poller)
            health.check("ingest", lambda: writer.problem or rota.problem)
            await rota.keep(stop, storing, health)
    finally:
        storing.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await storing
        await asyncio.to_thread(writer.close)


class Rota:
    """Which feed is due when. The feeds' state lives here while the service runs; the database has it for the next start."""

    def __init__(self, poller: Poller) -> None:
        self._poller = poller
        self._feeds: dict[int, Feed] = {}
        self._polls: dict[int, asyncio.Task[None]] = {}
        self._loaded: datetime | None = None
        self.problem: str | None = "starting"

    async def keep(self, stop: threading.Event, storing: "asyncio.Task[None]", health: Health) -> None:
        """Start polls as they fall due until `stop` is set or storing ends, which only an error makes it do."""
        beat = health.loop("ingest", within=60)
        try:
            while not stop.is_set() and not storing.done():
                beat()
                await self.step(utc_now())
                await asyncio.sleep(TICK)
        finally:
            for poll in self._polls.values():
                poll.cancel()
            await asyncio.gather(*self._polls.values(), return_exceptions=True)
        if storing.done():
            storing.result()

    async def step(self, now: datetime) -> None:
        """Look at the feed list where it is time to, and start the polls that are due."""
        if self._loaded is None or now - self._loaded >= RELOAD_EVERY:
            await self._reload(now)
        for feed in list(self._feeds.values()):
            if feed.id not in self._polls and (feed.due is None or feed.due <= now):
                self._polls[feed.id] = asyncio.create_task(self._poll(feed))
        metrics.busy.set(len(self._polls))

    async def _poll(self, feed: Feed) -> None:
        try:
            after = await self._poller.poll(feed)
            if after.state == ACTIVE:
                self._feeds[feed.id] = after
            else:
                self._feeds.pop(feed.id, None)
        except* Stopped:
            pass
        except* DBAPIError as errors:
            self._put_off(feed, errors, outage=all(is_outage(error) for error in errors.exceptions))
        except* Exception as errors:  # a fault of ours with one feed must not stop the others
            self._put_off(feed, errors, outage=False)
        finally:
            self._polls.pop(feed.id, None)

    def _put_off(self, feed: Feed, errors: BaseExceptionGroup[Exception], *, outage: bool) -> None:
        self._feeds[feed.id] = replace(feed, due=utc_now() + PAUSE_AFTER_FAULT)
        logger.warning("%s: poll given up: %s", feed.address, errors.exceptions[0], exc_info=None if outage else errors)

    async def _reload(self, now: datetime) -> None:
        try:
            listed = await asyncio.get_running_loop().run_in_executor(self._poller.database, feeds.load, self._poller.engine)
        except DBAPIError as error:
            self.problem = f"the database is away: {str(error).splitlines()[0][:300]}"
            return
        active = [feed for feed in listed if feed.state == ACTIVE]
        self._feeds = {feed.id: self._merge(feed, now) for feed in active}
        if not active and self.problem == "starting":
            logger.warning("no feeds on the list; add one with `claimwire feeds add ADDRESS`, or set CLAIMWIRE_FEEDS to an OPML file")
        self.problem = None if active else "no feeds on the list: claimwire feeds add ADDRESS, or CLAIMWIRE_FEEDS"
        self._loaded = now
        health = Counter(self._feeds.get(feed.id, feed).health for feed in listed)
        for name in feeds.HEALTHS:
            metrics.feeds.labels(name).set(health[name])

    def _merge(self, listed: Feed, now: datetime) -> Feed:
        known = self._feeds.get(listed.id)
        if known is not None and listed.due is not None:
            return replace(known, outlet=listed.outlet, folder=listed.folder, site=listed.site)
        if listed.errors or listed.due is None:
            return listed
        # At start: an interval that was saved under other settings must not outlast the longest of today's.
        return replace(listed, due=min(listed.due, now + self._poller.settings.poll_max))
