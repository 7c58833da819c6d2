"""The numbers given over time, as a chart: places in percent of the width and pixels of height. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.ledger.views import NumberGiven
from alerts.web.timeline import Axis, Tick
from alerts.web.words import full, number
from alerts.wording import side_name

HEIGHT, TOP, BOTTOM = 240, 22, 28
#: Pixels that a label needs; percent of the width within which two labels can collide; where labels turn to the left.
LABEL_HEIGHT, LABEL_WIDTH, TURN = 15, 30, 62
MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One number given. `label` is empty where a later number of the same side says it."""

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
    floor: int = HEIGHT - BOTTOM
    turn: int = TURN


def draw(axis: Axis, given: Sequence[NumberGiven]) -> Chart:
    """The chart of these numbers (at least one), each side's newest labelled."""
    most = max(one.count for one in given) or 1
    scale = (HEIGHT - TOP - BOTTOM) / most
    newest = {one.side: index for index, one in enumerate(given)}
    dots: list[Dot] = []
    for index, one in enumerate(given):
        x, y = axis.at(one.date), round(HEIGHT - BOTTOM - one.count * scale, 1)
        name = voice(one.side)
        label = f"{name} {number(one.count)}" if newest[one.side] == index else ""
        title = f"{number(one.count)}, {name}, {full(one.date)}"
        dots.append(Dot(x, y, one.finding.stance, label, _free(dots, x, y) if label else y, title))
    step = _round_step(most)
    lines = tuple((round(HEIGHT - BOTTOM - value * scale, 1), number(value)) for value in range(0, most + 1, step))
    return Chart(tuple(dots), lines, tuple(axis.ticks()))


def voice(side: str | None) -> str:
    """Who gave the number."""
    return side_name(side) if side else "No source named"


def _free(dots: Sequence[Dot], x: float, y: float) -> float:
    """The height nearest to `y` at which no label stands in the way, looking downwards and then upwards."""
    near = [dot.label_y for dot in dots if dot.label and abs(dot.x - x) < LABEL_WIDTH]
    for distance in range(0, HEIGHT, LABEL_HEIGHT):
        for place in (y + distance, y - distance):
            if TOP / 2 <= place <= HEIGHT - BOTTOM and all(abs(place - other) >= LABEL_HEIGHT for other in near):
                return place
    return y


def _round_step(most: int) -> int:
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if most / step <= MOST_LINES:
                return step
        size *= 10
