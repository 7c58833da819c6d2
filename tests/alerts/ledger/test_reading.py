"""What the desk reads of the ledger."""

import pytest
from sqlalchemy import Engine

from alerts.ledger.reading import board
from alerts.ledger.record import record_all
from tests.alerts.samples import at, finding


@pytest.mark.parametrize(
    ("counts", "shown"),
    [([11_000, 11_000, 600_000], 11_000), ([1_500, 10_000], 10_000), ([None, None], None), ([None, 3_000], 3_000)],
)
def test_the_board_shows_the_number_that_most_reports_give(engine: Engine, counts: list[int | None], shown: int | None) -> None:
    record_all(engine, [finding("allege", hours, count=count) for hours, count in enumerate(counts)], at(10))
    (row,) = board(engine)
    assert row.usual == shown
