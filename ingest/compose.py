"""From an entry to the Article that goes on the log: its page read where the feed has only a summary, its language told.

Never fails on a page: the feed's own text is the fallback.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest import metrics
from ingest.dedupe import Sighting
from ingest.document import Document, Entry, Page, belongs
from ingest.feeds import Feed
from ingest.fetch import PAGE_TYPES, Fetcher, FetchError
from ingest.settings import IngestSettings
from ingest.workers import Hung, Unreadable, Workers
from wire.messages import Article


class Composer:
    """Makes articles; at most `settings.pages` pages are under way at one time."""

    def __init__(self, settings: IngestSettings, fetcher: Fetcher, workers: Workers) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._workers = workers
        self._slots = asyncio.Semaphore(settings.pages)

    async def compose(self, sighting: Sighting, feed: Feed, document: Document, fetched: datetime) -> Article:
        """The article of this entry, as it was read at `fetched`."""
        entry = sighting.entry
        page = await self._page(sighting.url, entry, document.language) if self._wants_page(sighting) else None
        if page is not None and len(page.text) > len(entry.text):
            language = page.language
            entry = replace(entry, title=entry.title or page.title, text=page.text, published=entry.published or page.published)
        else:
            page = None
            language = await self._workers.detect_language(f"{entry.title}\n{entry.text}", document.language)
        return article(sighting, entry, feed, document, fetched, full_text=page is not None or entry.full, language=language)

    def _wants_page(self, sighting: Sighting) -> bool:
        return self._settings.full_text and bool(sighting.url) and not sighting.entry.full

    async def _page(self, url: str, entry: Entry, declared: str) -> Page | None:
        try:
            async with self._slots:
                answer = await self._fetcher.get(url, cap=self._settings.page_bytes, accept=PAGE_TYPES)
            page = await self._workers.read_page(answer.body or b"", answer.url, answer.charset, declared)
        except FetchError as error:
            metrics.pages.labels(error.outcome).inc()
            return None
        except Unreadable as error:
            metrics.pages.labels("hung" if isinstance(error, Hung) else "unreadable").inc()
            return None
        fits = belongs(page, entry.title)
        metrics.pages.labels("ok" if fits else "unreadable").inc()
        return page if fits else None


def article(
    sighting: Sighting, entry: Entry, feed: Feed, document: Document, fetched: datetime, *, full_text: bool, language: str | None
) -> Article:
    """The message; an article with no date, or one in the future, counts as published when it was fetched."""
    return Article(
        id=sighting.id,
        feed=feed.address,
        outlet=feed.outlet or document.title or urlsplit(feed.address).hostname or feed.address,
        url=sighting.url or entry.link or document.site or feed.address,
        title=entry.title,
        text=entry.text,
        full_text=full_text,
        language=language,
        published=min(entry.published or fetched, fetched),
        fetched=fetched,
    )
