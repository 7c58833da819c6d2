"""Opens the ledger: the database, with its tables up to date."""

from pathlib import Path

from sqlalchemy import Engine

import alerts
from wire.database import migrate, open_database


def open_ledger(url: str) -> Engine:
    """The ledger at `sqlite:///path` or `postgresql://...`; ValueError for anything else."""
    try:
        engine = open_database(url)
    except ValueError as error:
        raise ValueError(f"CLAIMWIRE_DATABASE: {error}") from None
    migrate(engine, Path(alerts.__file__).parent)
    return engine
