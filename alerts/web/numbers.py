"""The numbers given over time, as a chart: places in percent of the width and pixels of height. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.ledger.views import NumberGiven
from alerts.web.timeline import Axis, Tick
from alerts.web.words import full, number
from alerts.wording import side_name

#: The heights of the largest number and of zero.
TOP, FLOOR = 22, 212
#: Pixels that a label needs; percent of the width within which two labels can collide; where labels turn to the left.
LABEL_HEIGHT, LABEL_WIDTH, TURN = 15, 30, 62
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One number given. `label` is empty where the same side gave a larger one."""

    x: float
    y: float
    stance: str
    label: str
    label_y: float
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Dots over horizontal lines at round numbers and ticks of time."""

    dots: tuple[Dot, ...]
    lines: tuple[tuple[float, str], ...]
    ticks: tuple[Tick, ...]
    floor: int = FLOOR
    turn: int = TURN


def draw(axis: Axis, given: Sequence[NumberGiven]) -> Chart:
    """The chart of these numbers (at least one), each side's largest labelled."""
    most = max(one.count for one in given) or 1
    scale = (FLOOR - TOP) / most
    places = [(axis.at(one.date), round(FLOOR - one.count * scale, 1)) for one in given]
    labels = _place_labels(places, _largest(given))
    dots = []
    for index, (one, (x, y)) in enumerate(zip(given, places, strict=True)):
        words = f"{voice(one.side)} {number(one.count)}"
        label = words if index in labels else ""
        dots.append(Dot(x, y, one.finding.stance, label, labels.get(index, y), f"{words}, {full(one.date)}"))
    step = _round_step(most)
    lines = tuple((round(FLOOR - value * scale, 1), number(value)) for value in range(0, most + 1, step))
    return Chart(tuple(dots), lines, tuple(axis.ticks()))


def voice(side: str | None) -> str:
    """Who gave the number."""
    return side_name(side) if side else "No source named"


def _largest(given: Sequence[NumberGiven]) -> list[int]:
    """The places in `given` of each side's largest number, the newest of equals."""
    largest: dict[str | None, int] = {}
    for index, one in enumerate(given):
        if one.side not in largest or one.count >= given[largest[one.side]].count:
            largest[one.side] = index
    return list(largest.values())


def _place_labels(places: Sequence[tuple[float, float]], labelled: Sequence[int]) -> dict[int, float]:
    """The height of each label: beside its dot, or as little below as keeps it clear of those above."""
    heights: dict[int, float] = {}
    for index in sorted(labelled, key=lambda index: places[index][1]):
        x, height = places[index]
        near = [heights[other] for other in heights if abs(places[other][0] - x) < LABEL_WIDTH]
        heights[index] = max([height, *(other + LABEL_HEIGHT for other in near)])
    return heights


def _round_step(most: int) -> int:
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most / step <= MOST_LINES:
                return step
        size *= 10
