"""Feed documents and pages from files: what `claimwire parse` and `claimwire extract` print, in order, several read at a time.

Reads them in the same children, with the same limits, as the service does.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ingest.compose import article
from ingest.dedupe import identify
from ingest.document import Page
from ingest.feeds import Feed
from ingest.fetch import PAGE_TYPES, Fetcher, FetchError
from ingest.opml import is_web
from ingest.settings import IngestSettings
from ingest.workers import Unreadable, Workers


@dataclass(frozen=True, slots=True)
class Outcome:
    """The lines that one document gives, or the reason why it gives none; `opened` is False where it could not even be had."""

    lines: list[str] = field(default_factory=list)
    problem: str = ""
    opened: bool = True


async def articles(name: str, settings: IngestSettings, workers: Workers, now: datetime) -> Outcome:
    """The articles of the feed document in this file, each as a line of JSON."""
    try:
        body = _read(name, settings.feed_bytes)
        document = await workers.parse_feed(body, name)
    except OSError as error:
        return Outcome(problem=f"{name}: {error.strerror or error}", opened=False)
    except Unreadable as error:
        return Outcome(problem=f"{name}: {error}")
    source = Feed(0, name, name, document.title)
    lines = []
    for sighting in identify(document.entries, name, document.site):
        entry = sighting.entry
        language = await workers.detect_language(f"{entry.title}\n{entry.text}", document.language)
        lines.append(article(sighting, entry, source, document, now, full_text=entry.full, language=language).encode().decode())
    return Outcome(lines)


async def page(name: str, settings: IngestSettings, workers: Workers, fetcher: Fetcher) -> Outcome:
    """The article of the page in this file or at this address, as one line of JSON."""
    try:
        if is_web(name):
            answer = await fetcher.get(name, cap=settings.page_bytes, accept=PAGE_TYPES)
            found = await workers.read_page(answer.body or b"", answer.url, answer.charset)
        else:
            found = await workers.read_page(_read(name, settings.page_bytes), "")
    except FetchError as error:
        return Outcome(problem=str(error), opened=False)
    except OSError as error:
        return Outcome(problem=f"{name}: {error.strerror or error}", opened=False)
    except Unreadable as error:
        return Outcome(problem=f"{name}: {error}")
    return Outcome([_line("url" if is_web(name) else "file", name, found)])


async def in_order(names: Sequence[str], read: Callable[[str], Awaitable[Outcome]], at_once: int) -> AsyncIterator[Outcome]:
    """The outcome of each name, in the order of names, up to `at_once` under way at one time."""
    slots = asyncio.Semaphore(at_once)

    async def limited(name: str) -> Outcome:
        async with slots:
            return await read(name)

    waiting = [asyncio.ensure_future(limited(name)) for name in names]
    for one in waiting:
        yield await one


def _read(name: str, cap: int) -> bytes:
    with Path(name).open("rb") as file:
        body = file.read(cap + 1)
    if len(body) > cap:
        raise Unreadable(f"more than {cap} bytes")
    return body


def _line(kind: str, name: str, found: Page) -> str:
    published = found.published.isoformat() if found.published else None
    fields = {kind: name, "title": found.title, "text": found.text, "language": found.language, "published": published}
    return json.dumps(fields, ensure_ascii=False)
