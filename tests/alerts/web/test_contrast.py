"""The palette keeps WCAG AA: 4.5 to 1 for text, 3 to 1 for the edges of fields, in light and dark."""

import re
from pathlib import Path

import pytest

import alerts.web

STYLE = (Path(alerts.web.__file__).parent / "static" / "desk.css").read_text()
LIGHT, DARK = STYLE.split("@media (prefers-color-scheme: dark)")
TEXT = ("ink", "soft", "faint", "confirm", "deny", "allege", "no_comment", "anticipate", "background")
GROUNDS = ("paper", "raised", "sunk", "fresh")


def palette(scheme: str) -> dict[str, str]:
    """The colours of a scheme; the dark one says only what differs."""
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", LIGHT))
    return colours | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", DARK)) if scheme == "dark" else {})


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """WCAG 2's relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_edges_stand_out(scheme: str) -> None:
    colours = palette(scheme)
    pairs = [(text, ground, 4.5) for text in TEXT for ground in GROUNDS]
    pairs += [("on-fill", "confirm-fill", 4.5), ("on-fill", "deny-fill", 4.5), ("ink", "mark", 4.5)]
    pairs += [("edge", "paper", 3), ("focus", "paper", 3)]
    weak = {(one, other): ratio for one, other, least in pairs if (ratio := round(contrast(colours[one], colours[other]), 2)) < least}
    assert weak == {}
