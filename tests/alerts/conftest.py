"""A ledger on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

import alerts
from wire.database import migrate, open_database


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty ledger; the test runs once on each backend."""
    engine = open_database(database_url)
    migrate(engine, Path(alerts.__file__).parent)
    yield engine
    engine.dispose()
