"""The marks of every article that was seen, so that a repoll, an edit or a moved link is no new article. Speaks SQL, beside `feeds`.

A mark is kept while its feed still shows the article, and KEEP longer: an archive that a feed replays later meets the horizon.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.schema import seen
from wire.database import read_only

KEEP = timedelta(days=30)
#: A mark that is met again is written at most this often.
TOUCH_EVERY = timedelta(days=1)
#: Marks named in one statement; SQLite takes 32,766, PostgreSQL's driver 65,535.
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """One article as it was seen: its marks, and how it left this stage."""

    marks: tuple[str, ...]
    outcome: str
    language: str | None = None


def known(engine: Engine, marks: Collection[str]) -> dict[str, datetime]:
    """Those of these marks that have been seen, each with when it was last written."""
    found: dict[str, datetime] = {}
    with read_only(engine).begin() as connection:
        for chunk in _chunks(marks):
            found |= {
                row.mark: row.last_seen for row in connection.execute(select(seen.c.mark, seen.c.last_seen).where(seen.c.mark.in_(chunk)))
            }
    return found


def save(connection: Connection, feed: int, articles: Iterable[Seen], now: datetime) -> None:
    """Note these articles as seen in this feed, inside the caller's transaction. Known marks stay as they are."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"mark": mark, "feed": feed, "outcome": article.outcome, "language": article.language, "last_seen": now}
        for article in articles
        for mark in article.marks
    ]
    if rows:
        connection.execute(insert(seen).on_conflict_do_nothing(index_elements=["mark"]), rows)


def touch(connection: Connection, marks: Collection[str], now: datetime) -> None:
    """Note that these marks were met again."""
    for chunk in _chunks(marks):
        connection.execute(update(seen).where(seen.c.mark.in_(chunk)).values(last_seen=now))


def prune(connection: Connection, feed: int, now: datetime) -> int:
    """Forget what this feed stopped showing long ago; how many marks. Only right after `touch` of all that it shows now."""
    return connection.execute(delete(seen).where(seen.c.feed == feed, seen.c.last_seen < now - KEEP)).rowcount


def _chunks(marks: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(marks)  # in one order everywhere, so that two writers do not wait for each other
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
