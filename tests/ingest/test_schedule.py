"""When a feed is polled next, and how its state moves; no clock, no network."""

from datetime import UTC, datetime, timedelta

import pytest

from ingest.feeds import ACTIVE, GONE, Feed
from ingest.fetch import Answer, FetchError
from ingest.schedule import LONGEST_PAUSE, next_interval, pause_after_error, retry_after, spread
from ingest.settings import IngestSettings
from ingest.state import after_failure, after_success

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = datetime(2024, 11, 4, 12, 0, tzinfo=UTC)
FEED = Feed(1, "https://a.example/rss", "https://a.example/rss", "A")
ANSWER = Answer("https://a.example/rss", b"<rss/>", "", '"e"', "m")
SETTINGS = IngestSettings()


def test_news_brings_the_interval_down_and_quiet_up() -> None:
    interval = next_interval(0, news=True, least=MINUTE, most=5 * MINUTE)
    assert interval == 60
    for _ in range(20):
        longer = next_interval(interval, news=False, least=MINUTE, most=5 * MINUTE)
        assert longer >= interval
        interval = longer
    assert interval == 300
    assert next_interval(interval, news=True, least=MINUTE, most=5 * MINUTE) == 60


def test_a_server_s_cache_time_is_kept_up_to_the_longest() -> None:
    assert next_interval(60, news=True, least=MINUTE, most=5 * MINUTE, max_age=120) == 120
    assert next_interval(60, news=True, least=MINUTE, most=5 * MINUTE, max_age=86400) == 300


def test_a_longest_below_the_shortest_counts_as_the_shortest() -> None:
    assert next_interval(60, news=False, least=MINUTE, most=timedelta(seconds=1)) == 60


@pytest.mark.parametrize(("errors", "seconds"), [(1, 60), (2, 120), (5, 960), (30, 21600), (10_000, 21600)])
def test_errors_double_the_pause_up_to_the_longest(errors: int, seconds: float) -> None:
    assert pause_after_error(errors, least=MINUTE) == seconds


@pytest.mark.parametrize(("asked", "seconds"), [(0.0, 60.0), (600.0, 600.0), (10 * 365 * 86400.0, LONGEST_PAUSE.total_seconds())])
def test_retry_after_is_kept_to_a_sane_range(asked: float, seconds: float) -> None:
    assert pause_after_error(1, least=MINUTE, asked=asked) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("99999999999999999999", 999999999999.0),
        ("Mon, 04 Nov 2024 12:10:00 GMT", 600.0),
        ("Mon, 04 Nov 2024 11:00:00 GMT", 0.0),
        ("Mon, 04 Nov 2024 12:10:00", 600.0),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("١٢", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_spread() -> None:
    assert spread(100, 0) == 100
    assert spread(100, 1) == pytest.approx(110)


def test_success_wipes_errors_and_sets_the_next_poll() -> None:
    failing = after_failure(FEED, FetchError("timeout", "slow"), SETTINGS, NOW, chance=0)
    assert (failing.errors, failing.health, failing.error) == (1, "failing", "slow")
    well = after_success(failing, ANSWER, SETTINGS, NOW + HOUR, news=True, chance=0)
    assert (well.errors, well.error, well.health) == (0, "", "healthy")
    assert well.due == NOW + HOUR + MINUTE
    assert (well.etag, well.modified) == ('"e"', "m")


def test_304_without_headers_keeps_what_is_known() -> None:
    well = after_success(FEED, ANSWER, SETTINGS, NOW, news=True, chance=0)
    kept = after_success(well, Answer(ANSWER.url, None, ""), SETTINGS, NOW, news=False, chance=0)
    assert (kept.etag, kept.modified) == ('"e"', "m")
    dropped = after_success(well, Answer(ANSWER.url, b"new", ""), SETTINGS, NOW, news=True, chance=0)
    assert (dropped.etag, dropped.modified) == ("", "")


def test_only_gone_retires() -> None:
    assert after_failure(FEED, FetchError("http_error", "404"), SETTINGS, NOW, chance=0).state == ACTIVE
    assert after_failure(FEED, FetchError("gone", "410"), SETTINGS, NOW, chance=0).state == GONE


def test_a_move_has_to_hold() -> None:
    moved = Answer("https://b.example/rss", b"", "", moved_to="https://b.example/rss")
    first = after_success(FEED, moved, SETTINGS, NOW, news=False, chance=0)
    assert first.address == FEED.address
    soon = after_success(first, moved, SETTINGS, NOW + 23 * HOUR, news=False, chance=0)
    assert soon.address == FEED.address
    held = after_success(soon, moved, SETTINGS, NOW + 24 * HOUR, news=False, chance=0)
    assert (held.address, held.listed, held.moved_to) == ("https://b.example/rss", FEED.listed, "")


def test_a_move_that_is_taken_back_or_changed_starts_anew() -> None:
    first = after_success(FEED, Answer("", b"", "", moved_to="https://b.example/"), SETTINGS, NOW, news=False, chance=0)
    assert after_success(first, ANSWER, SETTINGS, NOW + HOUR, news=False, chance=0).moved_since is None
    other = after_success(first, Answer("", b"", "", moved_to="https://c.example/"), SETTINGS, NOW + 24 * HOUR, news=False, chance=0)
    assert (other.address, other.moved_since) == (FEED.address, NOW + 24 * HOUR)
