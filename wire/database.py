"""The database: opens SQLite or PostgreSQL the way this project needs it, and brings a service's tables up to date.

Knows no table. Each service keeps its own migrations (`<service>/migrations`) and its own version table.
"""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Engine, TypeDecorator, create_engine, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

ADDRESS_HELP = "should be sqlite:///path/to/file or postgresql://user:password@host/name"
BUSY_SECONDS = 30
#: The longest that one statement, or PostgreSQL's silence, may last. Without it a host that vanishes is waited for for hours.
STATEMENT_SECONDS = 60
MIGRATION_LOCK = 0xC1A1  # any number that nobody else locks

#: SQLSTATE classes and codes: connection gone, transaction rolled back (run it again), resources short, operator's
#: intervention, system error; a lock not to be had, a server that became a replica.
OUTAGES = ("08", "40", "53", "57", "58", "55P03", "25006")
#: What has no SQLSTATE: SQLite's errors, and pg8000's own.
OUTAGE_WORDS = (
    "is locked",
    "unable to open",
    "disk i/o error",
    "disk is full",
    "network error",
    "can't create a connection",
    "connection is closed",
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://user:password@host/name`; ValueError for anything else."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError(ADDRESS_HELP) from None
    if address.get_backend_name() == "postgresql":
        address = address.set(drivername="postgresql+pg8000")
        return create_engine(address, pool_pre_ping=True, pool_size=10, connect_args={"timeout": STATEMENT_SECONDS})
    if address.get_backend_name() != "sqlite" or not address.database:
        raise ValueError(ADDRESS_HELP)
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection, _record) -> None:  # type: ignore[no-untyped-def]
    connection.isolation_level = None  # we say BEGIN ourselves: the driver's own is deferred and may fail at upgrade
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection) -> None:  # type: ignore[no-untyped-def]
    reading = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def read_only(engine: Engine) -> Engine:
    """The same pool for reading: on SQLite its transactions take no write lock."""
    return engine.execution_options(read_only=True)


def answers(engine: Engine) -> str | None:
    """None where the database answers a query; else why not, in one line."""
    try:
        with read_only(engine).connect() as connection:
            connection.exec_driver_sql("SELECT 1")
        return None
    except DBAPIError as error:
        return in_words(error)


def in_words(error: DBAPIError) -> str:
    """What the database said, in one line."""
    said = error.orig.args[0] if error.orig and error.orig.args else error
    words = said.get("M", said) if isinstance(said, dict) else said  # pg8000 hands on the server's fields; M is its message
    return " ".join(str(words).split()).rstrip(".")


def migrate(engine: Engine, package: Path) -> None:
    """Run the migrations in `package`/migrations up to the newest. Safe to call from several processes at once."""
    config = Config()
    config.set_main_option("script_location", str(package / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        config.attributes["version_table"] = f"{package.name}_version"
        command.upgrade(config, "head")


def is_outage(error: BaseException) -> bool:
    """Whether the database, not the statement, failed: gone away, locked, full, or the transaction must run again."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error.orig, OSError):
        return True
    said = error.orig.args[0] if error.orig and error.orig.args else ""
    if isinstance(said, dict):  # pg8000 hands on the server's fields; C is the SQLSTATE
        return str(said.get("C", "")).startswith(OUTAGES)
    return any(word in str(error.orig).lower() for word in OUTAGE_WORDS)
