"""The feed list in the database: what is polled, and each feed's state. Speaks SQL for `ingest`, beside `seen`.

Fetches nothing. A feed is known by its `listed` address, which never changes; `address` follows permanent redirects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ingest.opml import Listing
from ingest.schema import feeds, seen
from wire.database import migrate, read_only

ACTIVE, GONE = "active", "gone"
OPML, COMMAND = "opml", "command"
HEALTHS = ("new", "healthy", "failing", "gone")


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed and the state that its polls leave; `interval` in seconds, `errors` in a row."""

    id: int
    listed: str
    address: str
    outlet: str
    folder: str = ""
    site: str = ""
    source: str = COMMAND
    state: str = ACTIVE
    etag: str = ""
    modified: str = ""
    body_hash: str = ""
    interval: float = 0.0
    due: datetime | None = None
    checked: datetime | None = None
    succeeded: datetime | None = None
    errors: int = 0
    error: str = ""
    moved_to: str = ""
    moved_since: datetime | None = None

    @property
    def health(self) -> str:
        """One of HEALTHS."""
        if self.state == GONE:
            return "gone"
        if self.errors:
            return "failing"
        return "healthy" if self.succeeded else "new"


#: What a poll may change; the rest belongs to whoever keeps the list.
STATE = tuple(field.name for field in fields(Feed) if field.name not in ("id", "listed", "outlet", "folder", "site", "source"))


def prepare(engine: Engine) -> None:
    """Make the tables of `ingest`, or bring them up to date."""
    migrate(engine, Path(__file__).parent)


def load(engine: Engine) -> list[Feed]:
    """Every feed on the list, in the order they were added."""
    with read_only(engine).begin() as connection:
        return [Feed(**row) for row in connection.execute(select(feeds).order_by(feeds.c.id)).mappings()]


def add(engine: Engine, listing: Listing, source: str = COMMAND) -> bool:
    """Put a feed on the list; False where it stands there already. One that was gone is polled again."""
    with engine.begin() as connection:
        known = connection.execute(_named(listing.address)).first()
        if known is not None:
            connection.execute(update(feeds).where(feeds.c.id == known.id).values(state=ACTIVE, errors=0, error="", due=None))
            return False
        _insert(connection, [listing], source)
        return True


def remove(engine: Engine, address: str) -> bool:
    """Take a feed off the list, with what is known of it; False where it is not there."""
    with engine.begin() as connection:
        ids = list(connection.scalars(_named(address)))
        _delete(connection, ids)
        return bool(ids)


def sync(engine: Engine, listings: Sequence[Listing]) -> tuple[int, int]:
    """Bring the list in step with an OPML file; how many feeds came and went. What commands added stays."""
    wanted = {listing.address: listing for listing in listings}
    with engine.begin() as connection:
        known = connection.execute(select(feeds.c.id, feeds.c.listed, feeds.c.source)).all()
        gone = [row.id for row in known if row.source == OPML and row.listed not in wanted]
        _delete(connection, gone)
        for row in known:
            if (listing := wanted.pop(row.listed, None)) is not None:
                named = {"outlet": listing.title, "folder": listing.folder, "site": listing.site}
                connection.execute(update(feeds).where(feeds.c.id == row.id).values(**named))
        _insert(connection, wanted.values(), OPML)
    return len(wanted), len(gone)


def save(connection: Connection, changed: Iterable[Feed]) -> None:
    """Save what polls changed, inside the caller's transaction."""
    for feed in changed:
        state = {name: value for name, value in asdict(feed).items() if name in STATE}
        connection.execute(update(feeds).where(feeds.c.id == feed.id).values(**state))


def _delete(connection: Connection, ids: list[int]) -> None:
    for table, column in ((seen, seen.c.feed), (feeds, feeds.c.id)):
        connection.execute(delete(table).where(column.in_(ids)))


def _insert(connection: Connection, listings: Iterable[Listing], source: str) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for listing in listings:
        row = asdict(Feed(0, listing.address, listing.address, listing.title, listing.folder, listing.site, source))
        del row["id"]
        connection.execute(insert(feeds).values(**row).on_conflict_do_nothing(index_elements=["listed"]))


def _is(address: str):  # type: ignore[no-untyped-def]
    return or_(feeds.c.listed == address, feeds.c.address == address)


def _named(address: str):  # type: ignore[no-untyped-def]
    return select(feeds.c.id).where(_is(address))
