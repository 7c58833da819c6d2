"""The database: opens SQLite or PostgreSQL the way this project needs it, and brings a service's tables up to date.

Knows no table. Each service keeps its own migrations (`<service>/migrations`) and its own version table.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

BUSY_TIMEOUT_MS = 30_000
MIGRATION_LOCK = 0xC1A1  # any number that nobody else locks


def open_database(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://user:password@host/name`; ValueError for anything else."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise ValueError("should be sqlite:///path/to/file or postgresql://user:password@host/name") from None
    if address.get_backend_name() == "postgresql":
        return create_engine(address.set(drivername="postgresql+pg8000"), pool_pre_ping=True, pool_size=10)
    if address.get_backend_name() != "sqlite" or not address.database:
        raise ValueError("should be sqlite:///path/to/file or postgresql://user:password@host/name")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
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


def migrate(engine: Engine, package: Path) -> None:
    """Run the migrations in `package`/migrations up to the newest. Safe to call from several processes at once."""
    config = Config()
    config.set_main_option("script_location", str(package / "migrations"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        config.attributes["connection"] = connection
        config.attributes["version_table"] = f"{package.name}_version"
        command.upgrade(config, "head")


def is_outage(error: Exception) -> bool:
    """Whether the database, not the statement, failed: gone away, locked, or the transaction must run again."""
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    cause = error.orig
    code = cause.args[0].get("C", "") if cause and cause.args and isinstance(cause.args[0], dict) else ""
    return (
        code[:2] in ("08", "40", "53", "57")
        or isinstance(cause, OSError)
        or any(
            word in str(cause).lower() for word in ("database is locked", "unable to open", "network error", "can't create a connection")
        )
    )
