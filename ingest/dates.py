"""When an article was published, as feeds write it. Pure. Refuses dates that no article on the web can have."""

import calendar
import re
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: Nothing on the web is older; earlier dates are a fault of the feed (1970, year 1).
FIRST_YEAR = 1991
#: Months that outlets put into RFC 822 dates in their own language, by their first three letters, where they differ from English.
MONTHS = {
    name: month
    for month, names in {
        "Jan": "ene gen",
        "Feb": "fev fév",
        "Mar": "mär mrz mae",
        "Apr": "abr avr",
        "May": "mai mag mei",
        "Jun": "giu",
        "Jul": "lug",
        "Aug": "ago aoû aou",
        "Sep": "set",
        "Oct": "out okt ott",
        "Dec": "dez dic déc dec",
    }.items()
    for name in names.split()
}
#: An empty date of a database, `Mon, 01 Jan 0001 00:00:00 GMT`; e-mail's rules, and feedparser by them, would make it 2001.
YEAR_NOUGHT = re.compile(r"[^\W\d_]{3}\.?[ -]00\d\d\b|^\s*00\d\d-")
RFC822 = re.compile(r"(\d{1,2})\s+([^\W\d_]{3})[^\W\d_]*\.?\s+(\d{4})\s+(\d{1,2}:\d{2}(?::\d{2})?)\s*([+-]\d{4}|[A-Z]{1,5})?\s*$")


def sane(published: datetime | None) -> datetime | None:
    """The date, or None where no article can have it."""
    return published if published is not None and published.year >= FIRST_YEAR else None


def from_struct(parsed: time.struct_time | None, source: str) -> datetime | None:
    """feedparser's date, which is UTC; `source` is the text that it was read from."""
    if parsed is None or YEAR_NOUGHT.search(source):
        return None
    try:
        return sane(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None


def from_iso(value: str) -> datetime | None:
    """ISO 8601, in UTC where it names no zone."""
    try:
        when = datetime.fromisoformat(value)
        return sane((when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def from_foreign(value: str) -> datetime | None:
    """RFC 822 with the month in another language, which feedparser does not read: `Seg, 24 Set 2018 19:42:40 -0300`."""
    found = RFC822.search(value[-60:])
    if found is None or YEAR_NOUGHT.search(value):
        return None
    day, month, year, clock, zone = found.groups()
    try:
        when = parsedate_to_datetime(f"{day} {MONTHS.get(month.lower(), month)} {year} {clock} {zone or '+0000'}")
        return sane((when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC))
    except (ValueError, OverflowError, TypeError):
        return None
