"""The tables of `ingest`, as its migrations make them: the feed list with each feed's state, and what was seen. Times are UTC."""

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

from wire.database import Instant

metadata = MetaData()

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("listed", Text, nullable=False, unique=True),  # as it was added; never changes
    Column("address", Text, nullable=False),  # where it is now; a permanent redirect rewrites it
    Column("outlet", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("site", Text, nullable=False),
    Column("source", String(16), nullable=False),  # opml, command
    Column("state", String(16), nullable=False),  # active, gone
    Column("etag", Text, nullable=False),
    Column("modified", Text, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("interval", Float, nullable=False),  # seconds between polls; 0 before the first
    Column("due", Instant),
    Column("checked", Instant),
    Column("succeeded", Instant),
    Column("errors", Integer, nullable=False),  # in a row
    Column("error", Text, nullable=False),
    Column("moved_to", Text, nullable=False),
    Column("moved_since", Instant),
)

#: Every mark by which an article was seen (see ingest/dedupe.py).
seen = Table(
    "seen",
    metadata,
    Column("mark", String(32), primary_key=True),
    Column("feed", Integer, nullable=False),  # no foreign key: a feed may be removed while a poll of it is being saved
    Column("outcome", String(24), nullable=False),
    Column("language", String(8)),
    Column("last_seen", Instant, nullable=False),
    Index("seen_by_feed", "feed", "last_seen"),
)
