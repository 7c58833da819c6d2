"""Puts articles on the log, and only then saves what was seen and the feeds' state: a crash between fetches again and loses nothing.

One thread owns the log's handle and writes the database. While either is away it waits and tries again, and nothing is given up.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ingest import feeds, seen
from ingest.feeds import Feed
from ingest.seen import Seen
from wire.database import is_outage
from wire.log import Log, LogError, RecordTooLarge
from wire.messages import ARTICLES, Article, utc_now

T = TypeVar("T")
logger = logging.getLogger(__name__)

#: Changes stored in one go: one flush of the log, one transaction.
BATCH = 200
#: Seconds between attempts while the log or the database is away.
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0)


class Stopped(Exception):
    """The service was told to stop while the log or the database was away; nothing was saved."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one poll has to store, whole or not at all: an article for the log, what was seen in it, the feed's state."""

    feed: int
    article: Article | None = None
    seen: tuple[Seen, ...] = ()
    touched: tuple[str, ...] = ()
    state: Feed | None = None
    prune: bool = False
    done: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future(), compare=False)


class Writer:
    """Stores changes in batches. `put` returns once its change is durable."""

    def __init__(self, open_log: Callable[[], Log], engine: Engine, stop: threading.Event) -> None:
        self._open_log = open_log
        self._engine = engine
        self._stop = stop
        self._waiting: asyncio.Queue[Change] = asyncio.Queue(maxsize=2 * BATCH)
        self._thread = ThreadPoolExecutor(1, "ingest-writer")
        self._log: Log | None = None
        self.problem: str | None = None  # what is away at the moment, for readiness

    async def put(self, change: Change) -> bool:
        """Store this change; False where its article is larger than the log takes. Stopped where that could not be done."""
        await self._waiting.put(change)
        return await change.done

    async def run(self) -> None:
        """Store what is put, batch after batch, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                stored = await asyncio.shield(loop.run_in_executor(self._thread, self._store, batch))
            except Exception as error:
                for change in batch:
                    _finish(change, error)
                if not isinstance(error, Stopped):
                    raise
                continue
            for change, kept in zip(batch, stored, strict=True):
                _finish(change, kept)

    def close(self) -> None:
        """Wait for the batch under way, then let go of the log."""
        self._thread.shutdown()
        if self._log is not None:
            self._log.close()

    def _store(self, batch: list[Change]) -> list[bool]:
        kept = self._until_stored(lambda: self._append(batch))
        changes = [change if taken else _too_large(change) for change, taken in zip(batch, kept, strict=True)]
        self._until_stored(lambda: self._save(changes, utc_now()))
        return kept

    def _append(self, batch: list[Change]) -> list[bool]:
        if not any(change.article for change in batch):
            return [True] * len(batch)
        if self._log is None:
            self._log = self._open_log()
        kept = [_append(self._log, change.article) if change.article else True for change in batch]
        self._log.flush()
        return kept

    def _save(self, changes: list[Change], now: datetime) -> None:
        with self._engine.begin() as connection:
            for change in changes:
                seen.save(connection, change.feed, change.seen, now)
                seen.touch(connection, change.touched, now)
                if change.prune:
                    seen.prune(connection, change.feed, now)
            feeds.save(connection, [change.state for change in changes if change.state])

    def _until_stored(self, attempt: Callable[[], T]) -> T:
        for number in count():
            try:
                result = attempt()
                self.problem = None
                return result
            except (LogError, DBAPIError) as error:
                if isinstance(error, DBAPIError) and not is_outage(error):
                    raise
                self._note(error, number)
                self._drop_log()
                if self._stop.wait(PAUSES[min(number, len(PAUSES) - 1)]):
                    raise Stopped(self.problem or "") from None
        raise AssertionError("counts for ever")

    def _note(self, error: Exception, number: int) -> None:
        away = "the log" if isinstance(error, LogError) else "the database"
        self.problem = f"{away} is away: {str(error).splitlines()[0][:300]}"
        if number in (0, 5) or number % 60 == 0:
            logger.warning("%s; waiting, nothing is lost (attempt %d)", self.problem, number + 1)

    def _drop_log(self) -> None:
        # A client that lost its broker may never recover (kafka-python's I/O loop); a fresh handle always does.
        if self._log is not None:
            with suppress(LogError, OSError):
                self._log.close()
            self._log = None


def _append(log: Log, article: Article) -> bool:
    try:
        log.append(ARTICLES, article.id, article.encode())
    except RecordTooLarge as error:
        logger.warning("%s is left out: %s", article.url, error)
        return False
    return True


def _too_large(change: Change) -> Change:
    return replace(change, seen=tuple(replace(one, outcome="too_large") for one in change.seen))


def _finish(change: Change, kept: bool | Exception) -> None:
    if change.done.done():  # its poll was cancelled
        return
    if isinstance(kept, Exception):
        change.done.set_exception(kept)
    else:
        change.done.set_result(kept)
