from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

from alerts.ledger.opening import open_ledger
from alerts.ledger.schema import metadata


def test_the_migrations_make_the_tables_of_the_schema(engine: Engine) -> None:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in metadata.tables

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, metadata) == []


def test_opening_twice_changes_nothing(database_url: str) -> None:
    for _ in range(2):
        open_ledger(database_url).dispose()
