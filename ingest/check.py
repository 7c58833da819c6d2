"""Looks at a feed once and says in words what it found: for people who keep a feed list. Stores nothing."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.dedupe import identify
from ingest.document import Document
from ingest.fetch import FEED_TYPES, Answer, Fetcher, FetchError
from ingest.language import READ
from ingest.settings import IngestSettings
from ingest.workers import Unreadable, Workers
from wire.messages import utc_now


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look at one feed found: one line in words, and whether the feed can be used."""

    usable: bool
    words: str


async def check(address: str, settings: IngestSettings, fetcher: Fetcher, workers: Workers) -> Finding:
    """Fetch and read the feed at `address` now, and say what is there."""
    try:
        answer = await fetcher.get(address, cap=settings.feed_bytes, accept=FEED_TYPES)
        document = await workers.parse_feed(answer.body or b"", answer.url, answer.charset)
    except FetchError as error:
        return Finding(False, str(error))
    except Unreadable as error:
        return Finding(False, f"{address}: {error}")
    text = " ".join(f"{entry.title} {entry.text}" for entry in document.entries[:20])
    language = await workers.detect_language(text, document.language)
    return Finding(True, f"{address}: {'; '.join(describe(answer, document, language, settings.horizon, utc_now()))}")


def describe(answer: Answer, document: Document, language: str | None, horizon: timedelta, now: datetime) -> list[str]:
    """What a person wants to know of a feed, each in a few words. Pure."""
    entries = document.entries
    sightings = identify(entries, answer.url, document.site)
    dates = [entry.published for entry in entries if entry.published]
    words = [f"well, {document.title!r}" if document.title else "well, without a title", _counted(len(entries), "entry", "entries")]
    if dates:
        words.append(f"newest {ago(now - max(dates))}")
    if stale := sum(now - date > horizon for date in dates):
        words.append(f"{stale} older than the horizon")
    if missing := len(entries) - len(dates):
        words.append(f"{missing} without a date")
    if full := sum(entry.full for entry in entries):
        words.append(f"{full} with full text")
    if repeated := len(entries) - len({sighting.id for sighting in sightings}):
        words.append(f"{repeated} that repeat another or cannot be told apart")
    if document.cut:
        words.append(f"{document.cut} more are passed over")
    if language and language not in READ:
        words.append(f"in a language that the model does not read ({language})")
    if answer.moved_to:
        words.append(f"moved for good to {answer.moved_to}")
    if not answer.etag and not answer.modified:
        words.append("no ETag and no Last-Modified, so every poll fetches all of it")
    return words + document.notes


def ago(age: timedelta) -> str:
    """An age in the largest unit that fits: `3 hours ago`."""
    for unit, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if age.total_seconds() >= seconds:
            return f"{_counted(int(age.total_seconds() // seconds), unit, unit + 's')} ago"
    return "just now"


def summary(healths: Counter[str]) -> str:
    """The feed list's health in one line: `62 feeds: 60 healthy, 2 failing`."""
    return f"{_counted(healths.total(), 'feed', 'feeds')}: {', '.join(f'{count} {health}' for health, count in healths.most_common())}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
