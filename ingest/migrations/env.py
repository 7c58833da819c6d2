"""Runs the migrations of ingest on the connection that wire.database.migrate hands over."""

from alembic import context

from ingest.schema import metadata

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=metadata,
    version_table=config.attributes["version_table"],
)
context.run_migrations()
