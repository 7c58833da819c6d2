"""Draws how often the shipped model is right at each score, from the record beside its weights."""

import json

from classify.model import CARD, WEIGHTS

SIDE, MARGIN = 320, 48
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="system-ui, sans-serif" font-size="12"'
    ' role="img" aria-label="How often the model is right at each score">'
)


def reliability_plot() -> str:
    """An SVG: scores across, the share that was right upwards; the nearer to the diagonal, the better calibrated."""
    record = json.loads((WEIGHTS / CARD).read_text("utf-8"))["record"]
    largest = max(count for *_, count in record["reliability"])
    bars = [_point(score, right, count, largest) for score, right, count in record["reliability"]]
    ticks = [line for tenth in range(0, 11, 2) for line in _tick(tenth / 10)]
    words = f"expected calibration error {record['calibration_error']:.3f}"
    return "\n".join(
        [
            HEAD.format(width=SIDE + 2 * MARGIN, height=SIDE + 2 * MARGIN),
            f'<rect width="{SIDE + 2 * MARGIN}" height="{SIDE + 2 * MARGIN}" fill="#fff"/>',
            f'<path d="M{_x(0)} {_y(0)}H{_x(1)}M{_x(0)} {_y(0)}V{_y(1)}" stroke="#999"/>',
            f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
            *ticks,
            *bars,
            f'<text x="{_x(0.5)}" y="{_y(0) + 38}" text-anchor="middle" fill="#333">score</text>',
            f'<text x="{_x(0)}" y="{_y(1) - 16}" fill="#333">right</text>',
            f'<text x="{_x(1)}" y="{_y(1) - 16}" text-anchor="end" fill="#333">{words}</text>',
            "</svg>\n",
        ]
    )


def _x(share: float) -> int:
    return round(MARGIN + share * SIDE)


def _y(share: float) -> int:
    return round(MARGIN + (1 - share) * SIDE)


def _tick(share: float) -> tuple[str, str]:
    return (
        f'<text x="{_x(share)}" y="{_y(0) + 18}" text-anchor="middle" fill="#666">{share:.1f}</text>',
        f'<text x="{_x(0) - 8}" y="{_y(share) + 4}" text-anchor="end" fill="#666">{share:.1f}</text>',
    )


def _point(score: float, right: float, count: int, largest: int) -> str:
    radius = 3 + 9 * (count / largest) ** 0.5
    label = f"{count} scores of about {score:.2f}: {right:.2f} right"
    return f'<circle cx="{_x(score)}" cy="{_y(right)}" r="{radius:.1f}" fill="#2563ab" fill-opacity="0.75"><title>{label}</title></circle>'
