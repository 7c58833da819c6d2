"""When an article was published (hazard 19)."""

from datetime import UTC, datetime

import pytest

from ingest.dates import from_foreign, from_iso, sane
from tests.ingest.samples import NOON


@pytest.mark.parametrize(
    "value",
    [
        "Mon, 04 Nov 2024 13:00:00 +0100",
        "Seg, 04 Nov 2024 09:00:00 -0300",
        "lun., 4 nov. 2024 12:00 GMT",
        "04 Nov 2024 12:00:00",
    ],
)
def test_from_foreign(value: str) -> None:
    assert from_foreign(value) == NOON


@pytest.mark.parametrize(("month", "number"), [("Set", 9), ("Dez", 12), ("Mai", 5), ("Ago", 8), ("déc.", 12), ("März", 3), ("Ene", 1)])
def test_months_of_others(month: str, number: int) -> None:
    assert from_foreign(f"x, 24 {month} 2018 19:42:40 +0000") == datetime(2018, number, 24, 19, 42, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "value", ["", "yesterday", "99 Nov 2024 12:00:00 GMT", "4 Foo 2024 12:00:00 GMT", "4 Nov 0001 12:00:00 GMT", "9" * 10_000]
)
def test_what_is_no_date(value: str) -> None:
    assert from_foreign(value) is None


@pytest.mark.parametrize("value", ["2024-11-04T12:00:00Z", "2024-11-04T13:00:00+01:00", "2024-11-04T12:00:00"])
def test_from_iso(value: str) -> None:
    assert from_iso(value) == NOON


@pytest.mark.parametrize("value", ["", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "x"])
def test_no_iso(value: str) -> None:
    assert from_iso(value) is None


def test_sane() -> None:
    assert sane(NOON) == NOON
    assert sane(None) is None
    assert sane(datetime(1970, 1, 1, tzinfo=UTC)) is None
