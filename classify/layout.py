"""Turns windows and their mentions into the network's input arrays. The same arrays train and serve it.

B windows, T tokens, S sentences, M mentions, C names, N numbers, V codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.names import Name, Names
from classify.numbers import Number, numbers
from classify.windows import Laid, Window

Floats = NDArray[np.float32]
GATE_TOKENS = 96  # of a sentence, as the gate sees it; longer ones are rarely more than a list
TITLE, FAR_BEFORE, BEFORE, SAME, AFTER = range(5)


def reader_input(windows: Sequence[Window], padding: int) -> dict[str, NDArray[np.generic]]:
    """ids [B,T], attention [B,T], sentences [B,S,T] of these windows; a window's title counts as its first unit."""
    tokens, units = max(len(w.ids) for w in windows), max(len(w.units) for w in windows)
    ids = np.full((len(windows), tokens), padding, dtype=np.int64)
    attention = np.zeros((len(windows), tokens), dtype=np.int64)
    sentences = np.zeros((len(windows), units, tokens), dtype=np.float32)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        attention[row, : len(window.ids)] = 1
        for unit, start in enumerate(window.starts):
            sentences[row, unit, start : start + len(window.units[unit].ids)] = 1
    return {"ids": ids, "attention": attention, "sentences": sentences}


def gate_input(articles: Sequence[Laid], padding: int) -> NDArray[np.int64]:
    """ids [D,1+S,L] of these articles: the title's row first (nothing but padding where there is none), then the sentences'."""
    rows = [[laid.heading[0].ids if laid.heading else [], *(unit.ids for unit in laid.units)] for laid in articles]
    length = min(GATE_TOKENS, max(len(ids) for article in rows for ids in article))
    laid_ids = np.full((len(rows), max(map(len, rows)), length), padding, dtype=np.int64)
    for place, article in enumerate(rows):
        for row, ids in enumerate(article):
            laid_ids[place, row, : len(ids)] = ids[:length]
    return laid_ids


@dataclass(frozen=True, slots=True)
class Candidates:
    """The names and numbers in a window, each with its unit and its token positions."""

    names: list[tuple[int, Name, list[int]]]
    numbers: list[tuple[int, Number, list[int]]]


def candidates(window: Window, names: Names) -> Candidates:
    """What the slots of this window's mentions can be filled from. Whatever was cut off with its tokens is left out."""
    found_names, found_numbers = [], []
    for place, unit in enumerate(window.units):
        for name in names.find(unit.text):
            if positions := window.positions(place, name.start, name.end):
                found_names.append((place, name, positions))
        for number in numbers(unit.text) if window.index[place] >= 0 else ():
            if positions := window.positions(place, number.start, number.end):
                found_numbers.append((place, number, positions))
    return Candidates(found_names, found_numbers)


def slots_input(
    window: Window, mentions: Sequence[tuple[int, int]], found: Candidates, labels: Sequence[str], tokens: int
) -> dict[str, NDArray[np.generic]]:
    """The arrays of `Slots` but hidden and vectors, for mentions given as (unit, kind) and hidden states of `tokens` positions.

    Where there is no name (or number) one empty row stands in, since a graph takes no axis of length 0.
    """
    place_of = {code: place for place, code in enumerate(labels)}
    usable = [(unit, name, positions) for unit, name, positions in found.names if name.code in place_of]
    name_codes = np.zeros((max(len(usable), 1), len(labels)), dtype=np.float32)
    relations = np.zeros((len(mentions), max(len(usable), 1)), dtype=np.int64)
    for row, (unit, name, _) in enumerate(usable):
        name_codes[row, place_of[name.code]] = 1
        relations[:, row] = [_relation(window, unit, own) for own, _ in mentions]
    stated = np.zeros((len(mentions), max(len(found.numbers), 1)), dtype=np.float32)
    for row, (unit, _, _) in enumerate(found.numbers):
        stated[:, row] = [unit == own for own, _ in mentions]
    sentence = np.zeros((len(mentions), tokens), dtype=np.float32)
    for row, (own, _) in enumerate(mentions):
        sentence[row, : len(window.ids)] = window.mask(own)
    return {
        "kinds": np.array([kind for _, kind in mentions], dtype=np.int64),
        "sentence": sentence,
        "names": _means([positions for _, _, positions in usable], tokens),
        "name_codes": name_codes,
        "relations": relations,
        "numbers": _means([positions for _, _, positions in found.numbers], tokens),
        "stated": stated,
    }


def _relation(window: Window, unit: int, own: int) -> int:
    if window.index[unit] < 0:
        return TITLE
    distance = unit - own
    return SAME if distance == 0 else AFTER if distance > 0 else BEFORE if distance == -1 else FAR_BEFORE


def _means(rows: Sequence[Sequence[int]], tokens: int) -> Floats:
    means = np.zeros((max(len(rows), 1), tokens), dtype=np.float32)
    for row, positions in enumerate(rows):
        means[row, positions] = 1 / len(positions)
    return means
