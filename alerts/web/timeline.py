"""Where things stand on a time axis, in percent of its width: for drawings whose text must not scale with them.

Pure: draws nothing, knows no claim.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: Room left of the first and right of the last instant, as part of the span: a marker and its label fit in.
LEFT, RIGHT = 0.03, 0.05
SHORTEST = timedelta(minutes=10)
MOST_TICKS = 6
STEPS = [timedelta(minutes=m) for m in (5, 10, 30)] + [timedelta(hours=h) for h in (1, 3, 6, 12)] + [timedelta(days=d) for d in (1, 2, 7)]
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis: its place in percent and its words."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The time from `start` to `end`."""

    start: datetime
    end: datetime

    @classmethod
    def over(cls, instants: Iterable[datetime]) -> "Axis":
        """The axis on which all these instants (at least one) have a place, with room at both ends."""
        known = sorted(instant.astimezone(UTC) for instant in instants)
        span = max(known[-1] - known[0], SHORTEST)
        return cls(known[0] - span * LEFT, known[0] + span * (1 + RIGHT))

    def at(self, instant: datetime) -> float:
        """The place of this instant, 0 to 100; what lies outside is put at the end."""
        place = (instant - self.start) / (self.end - self.start) * 100
        return round(min(max(place, 0.0), 100.0), 2)

    def ticks(self) -> list[Tick]:
        """At most MOST_TICKS marks at round hours, days or months."""
        span = self.end - self.start
        step = next((step for step in STEPS if span / step <= MOST_TICKS), None)
        instants = _every(step, self.start, self.end) if step else _every_month(self.start, self.end)
        form = "%H:%M" if step and step < timedelta(days=1) else "%-d %b" if step else "%b %Y"
        return [Tick(self.at(instant), _label(instant, form)) for instant in instants]


def _label(instant: datetime, form: str) -> str:
    midnight = form == "%H:%M" and instant.hour == instant.minute == 0
    return instant.strftime("%-d %b" if midnight else form)


def _every(step: timedelta, start: datetime, end: datetime) -> list[datetime]:
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = day + -((day - start) // step) * step
    return [first + step * n for n in range(MOST_TICKS + 1) if first + step * n < end]


def _every_month(start: datetime, end: datetime) -> list[datetime]:
    months = range(start.year * 12 + start.month, end.year * 12 + end.month)
    step = next((step for step in MONTH_STEPS if len(months) / step <= MOST_TICKS), MONTH_STEPS[-1])
    return [datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in months if month % step == 0]
