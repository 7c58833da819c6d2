"""One poll of one feed: fetch, parse, tell new from seen, read the new ones' pages, hand each over as soon as it is read.

Every entry leaves with one outcome. The feed's state is handed over last, when all its articles are on the log.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from ingest import metrics, seen
from ingest.compose import Composer
from ingest.dedupe import Sighting, identify
from ingest.document import Document
from ingest.feeds import Feed
from ingest.fetch import FEED_TYPES, Answer, Fetcher, FetchError
from ingest.language import READ
from ingest.seen import Seen
from ingest.settings import IngestSettings
from ingest.state import after_failure, after_success
from ingest.workers import Hung, Unreadable, Workers
from ingest.writer import Change, Writer
from wire.messages import Article

logger = logging.getLogger(__name__)

#: The state of a feed that is well and quiet is saved this often; in between only `checked` would be new.
SAVE_EVERY = timedelta(seconds=60)
#: Some servers keep a document's ETag when its content changes and so answer 304 for ever: this often we do not ask conditionally.
ASK_PLAINLY_EVERY = timedelta(hours=1)


@dataclass(slots=True)
class Memory:
    """What is remembered of a feed between polls, and need not outlive the process."""

    saved: datetime | None = None
    asked_plainly: datetime | None = None
    pruned: datetime | None = None


@dataclass
class Poller:
    """What polls share. `now` and `chance` (0 to 1) are injected; everything else is the real thing."""

    settings: IngestSettings
    engine: Engine
    fetcher: Fetcher
    workers: Workers
    composer: Composer
    writer: Writer
    slots: asyncio.Semaphore
    now: Callable[[], datetime]
    chance: Callable[[], float] = random.random
    memory: dict[int, Memory] = field(default_factory=dict)
    #: Articles that a poll has in hand; whoever meets one elsewhere waits for it before saving that it was seen.
    in_hand: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    database: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "ingest-reader"))

    async def poll(self, feed: Feed) -> Feed:
        """Poll this feed once; its state afterwards, saved where it matters. writer.Stopped where nothing can be stored any more."""
        memory = self.memory.setdefault(feed.id, Memory())
        try:
            async with self.slots:
                answer = await self._fetch(feed, memory, self.now())
                fetched = self.now()  # a slow server's time is not ours: from here on the article could be known
                digest = hashlib.sha256(answer.body).hexdigest() if answer.body is not None else feed.body_hash
                document = await self._parse(feed, answer) if answer.body is not None and digest != feed.body_hash else None
        except FetchError as error:
            return await self._failed(feed, error)
        if document is None:
            metrics.fetches.labels("not_modified" if answer.body is None else "unchanged").inc()
            return await self._well(feed, feed, answer, memory)
        metrics.fetches.labels("ok").inc()
        news, touched = await self._handle(feed, document, fetched)
        return await self._well(feed, replace(feed, body_hash=digest), answer, memory, news=news, touched=touched)

    async def _fetch(self, feed: Feed, memory: Memory, now: datetime) -> Answer:
        plainly = not feed.body_hash or memory.asked_plainly is None or now - memory.asked_plainly >= ASK_PLAINLY_EVERY
        if plainly:
            memory.asked_plainly = now
        etag, modified = ("", "") if plainly else (feed.etag, feed.modified)
        with metrics.fetch_seconds.time():
            return await self.fetcher.get(feed.address, cap=self.settings.feed_bytes, accept=FEED_TYPES, etag=etag, modified=modified)

    async def _parse(self, feed: Feed, answer: Answer) -> Document:
        try:
            document = await self.workers.parse_feed(answer.body or b"", answer.url, answer.charset)
        except Unreadable as error:
            raise FetchError("hung" if isinstance(error, Hung) else "unreadable", f"{feed.address}: {error}") from None
        metrics.cut.inc(document.cut)
        metrics.recoded.inc(document.recoded)
        return document

    async def _handle(self, feed: Feed, document: Document, now: datetime) -> tuple[bool, tuple[str, ...]]:
        """Hand over what is new. Whether anything was, and the known marks that are due to be written again."""
        sightings = identify(document.entries, feed.listed, document.site)
        metrics.articles.labels("empty").inc(len(document.entries) - len(sightings))
        marks = {mark for sighting in sightings for mark in sighting.marks}
        known = await asyncio.get_running_loop().run_in_executor(self.database, seen.known, self.engine, marks)
        fresh, elsewhere = self._sort(sightings, known)
        stale = [sighting for sighting in fresh if self._is_stale(sighting.entry.published, now)]
        async with asyncio.TaskGroup() as group:
            if stale:
                group.create_task(self._note_stale(feed, stale))
            for sighting in fresh:
                if not self._is_stale(sighting.entry.published, now):
                    group.create_task(self._emit(sighting, feed, document, now))
        if elsewhere:
            await asyncio.gather(*elsewhere)
        touched = tuple(mark for mark, last in known.items() if now - last >= seen.TOUCH_EVERY)
        return bool(fresh), touched

    def _sort(self, sightings: Iterable[Sighting], known: dict[str, datetime]) -> tuple[list[Sighting], list[asyncio.Future[None]]]:
        """What nobody has seen, and what another feed's poll has in hand just now. Counts the duplicates."""
        fresh: list[Sighting] = []
        elsewhere: list[asyncio.Future[None]] = []
        taken = set(known)
        for sighting in sightings:
            if not taken.isdisjoint(sighting.marks):
                metrics.articles.labels("duplicate").inc()
            elif sighting.id in self.in_hand:
                metrics.articles.labels("duplicate").inc()
                elsewhere.append(self.in_hand[sighting.id])
            else:
                fresh.append(sighting)
            taken.update(sighting.marks)
        return fresh, elsewhere

    async def _emit(self, sighting: Sighting, feed: Feed, document: Document, now: datetime) -> None:
        """Read one article and store it; returns when it is durable."""
        safe: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.in_hand[sighting.id] = safe
        try:
            article = await self.composer.compose(sighting, feed, document, now)
            outcome = self._judge(article)
            note = (Seen(sighting.marks, outcome, article.language),)
            kept = await self.writer.put(Change(feed.id, article if outcome == "new" else None, note))
            self._count(article, outcome if kept else "too_large")
            safe.set_result(None)
        finally:
            del self.in_hand[sighting.id]
            safe.cancel()  # does nothing to one that is done; whoever waits for it must not save what was not stored

    def _judge(self, article: Article) -> str:
        if not article.title and not article.text:
            return "empty"
        if self._is_stale(article.published, article.fetched):
            return "stale"
        if article.language is not None and article.language not in READ:
            return "unsupported_language"
        return "new"

    def _is_stale(self, published: datetime | None, now: datetime) -> bool:
        return published is not None and now - published > self.settings.horizon

    def _count(self, article: Article, outcome: str) -> None:
        metrics.articles.labels(outcome).inc()
        if outcome == "new":
            stored = self.now()
            metrics.article_seconds.observe((stored - article.fetched).total_seconds())
            metrics.delay_seconds.observe((stored - article.published).total_seconds())

    async def _note_stale(self, feed: Feed, stale: list[Sighting]) -> None:
        await self.writer.put(Change(feed.id, seen=tuple(Seen(sighting.marks, "stale") for sighting in stale)))
        metrics.articles.labels("stale").inc(len(stale))

    async def _well(
        self, before: Feed, feed: Feed, answer: Answer, memory: Memory, *, news: bool = False, touched: tuple[str, ...] = ()
    ) -> Feed:
        now = self.now()
        after = after_success(feed, answer, self.settings, now, news=news, chance=self.chance())
        known = (before.body_hash, before.etag, before.errors, before.address, before.moved_to)
        changed = known != (after.body_hash, after.etag, after.errors, after.address, after.moved_to)
        if after.address != before.address:
            logger.info("%s has moved for good to %s", before.address, after.address)
        if changed or memory.saved is None or now - memory.saved >= SAVE_EVERY:
            prune = after.body_hash != before.body_hash and (memory.pruned is None or now - memory.pruned >= seen.TOUCH_EVERY)
            await self.writer.put(Change(feed.id, touched=touched, state=after, prune=prune))
            memory.saved = now
            memory.pruned = now if prune else memory.pruned
        return after

    async def _failed(self, feed: Feed, error: FetchError) -> Feed:
        metrics.fetches.labels(error.outcome).inc()
        after = after_failure(feed, error, self.settings, self.now(), chance=self.chance())
        if not feed.errors:  # once; `claimwire feeds list` shows what goes on
            logger.warning("%s%s", error, "; it is retired" if error.outcome == "gone" else "; trying again later")
        await self.writer.put(Change(feed.id, state=after))
        return after
