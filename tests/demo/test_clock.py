"""The played clock, with a clock of the test's own behind it."""

from datetime import UTC, datetime

import pytest

from demo.clock import PlayedClock

FIRST = datetime(2024, 10, 1, tzinfo=UTC)
LAST = datetime(2024, 10, 11, tzinfo=UTC)


def test_it_stands_until_it_is_started_then_plays_then_stands_at_the_end() -> None:
    now = [100.0]
    clock = PlayedClock(FIRST, LAST, seconds=20, now=lambda: now[0])
    now[0] = 150.0
    assert (clock.played, clock.ended) == (FIRST, False)
    clock.start()
    assert clock.played == FIRST
    now[0] = 160.0
    assert clock.played == datetime(2024, 10, 6, tzinfo=UTC)
    clock.start()
    assert clock.share == 0.5
    now[0] = 170.0
    assert (clock.played, clock.ended) == (LAST, True)
    now[0] = 1e9
    assert clock.played == LAST


def test_it_pauses_and_goes_on_where_it_stood() -> None:
    now = [0.0]
    clock = PlayedClock(FIRST, LAST, seconds=20, now=lambda: now[0])
    clock.pause()
    clock.start()
    now[0] = 5.0
    clock.pause()
    clock.pause()
    now[0] = 100.0
    assert clock.share == 0.25
    clock.start()
    now[0] = 105.0
    clock.start()
    assert clock.share == 0.5
    now[0] = 200.0
    clock.pause()
    assert (clock.played, clock.ended) == (LAST, True)


@pytest.mark.parametrize(("last", "seconds"), [(FIRST, 60), (LAST, 0), (LAST, -1)])
def test_it_refuses_what_cannot_be_played(last: datetime, seconds: float) -> None:
    with pytest.raises(ValueError, match="played clock"):
        PlayedClock(FIRST, last, seconds)
