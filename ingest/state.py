"""A feed's state after a poll. Pure: what the answer or the error was goes in, the new state comes out."""

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.feeds import GONE, Feed
from ingest.fetch import Answer, FetchError
from ingest.schedule import next_interval, pause_after_error, spread
from ingest.settings import IngestSettings


def after_success(feed: Feed, answer: Answer, settings: IngestSettings, now: datetime, *, news: bool, chance: float) -> Feed:
    """The state after a document came, or word that it is unchanged."""
    interval = next_interval(feed.interval, news=news, least=settings.poll_min, most=settings.poll_max, max_age=answer.max_age)
    unchanged = answer.body is None
    well = replace(
        feed,
        etag=answer.etag or (feed.etag if unchanged else ""),
        modified=answer.modified or (feed.modified if unchanged else ""),
        interval=interval,
        due=now + timedelta(seconds=spread(interval, chance)),
        checked=now,
        succeeded=now,
        errors=0,
        error="",
    )
    return _moved(well, answer.moved_to, settings.move_after, now)


def after_failure(feed: Feed, error: FetchError, settings: IngestSettings, now: datetime, *, chance: float) -> Feed:
    """The state after an error: a longer pause each time, and retirement after 410 Gone. What is known of its content stays."""
    pause = pause_after_error(feed.errors + 1, least=settings.poll_min, asked=error.retry_after)
    return replace(
        feed,
        state=GONE if error.outcome == "gone" else feed.state,
        due=now + timedelta(seconds=spread(pause, chance)),
        checked=now,
        errors=feed.errors + 1,
        error=str(error)[:500],
    )


def _moved(feed: Feed, target: str, hold: timedelta, now: datetime) -> Feed:
    if not target:
        return replace(feed, moved_to="", moved_since=None)
    if target != feed.moved_to or feed.moved_since is None:
        return replace(feed, moved_to=target, moved_since=now)
    if now - feed.moved_since < hold:  # a captive portal or a botched deploy redirects "permanently" for an hour
        return feed
    return replace(feed, address=target, moved_to="", moved_since=None)
