"""When a feed is due next. Pure: takes what the poll found, answers in seconds.

A feed that brings news is polled at the shortest interval, a quiet one less and less often, a failing one with doubling pauses.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: A quiet feed's interval grows by this at each poll: from 1 to 5 minutes in 9 quiet polls.
GROWTH = 1.2
#: No pause is longer than this, whatever a server asks for in Retry-After: a feed is looked at four times a day.
LONGEST_PAUSE = timedelta(hours=6)


def next_interval(before: float, *, news: bool, least: timedelta, most: timedelta, max_age: float = 0.0) -> float:
    """Seconds to the next poll of a feed that is well; `max_age` is what its Cache-Control allows itself to be cached, in seconds."""
    low, high = least.total_seconds(), max(least, most).total_seconds()
    wanted = low if news or not before else before * GROWTH
    return min(max(wanted, low, max_age), high)


def pause_after_error(errors: int, *, least: timedelta, asked: float | None = None) -> float:
    """Seconds to wait after the `errors`-th error in a row; `asked` is the server's Retry-After, kept to a sane range."""
    low, high = least.total_seconds(), max(LONGEST_PAUSE, least).total_seconds()
    doubled: float = low * 2 ** min(max(errors - 1, 0), 20)
    return min(max(doubled, asked or 0.0), high)


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (a number or a date); None where it says nothing that can be read."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:12])
    try:
        when = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max((when - now).total_seconds(), 0.0)


def spread(seconds: float, chance: float) -> float:
    """The interval up to a tenth longer, by `chance` from 0 to 1, so that feeds added together drift apart."""
    return seconds * (1 + chance / 10)
