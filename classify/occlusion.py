"""Weighs words by hiding them: each is masked, the window is read again, and what the score loses is the word's weight.

After Zeiler and Fergus 2014 and Li, Monroe and Jurafsky 2016. A weight says what the model leant on, not what is true, and
of two words that say the same either alone may weigh little.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from classify.layout import Floats
from classify.model import Model
from classify.windows import Window

#: Words and figures with what holds them together: Korea's, 11,000, Russian-backed, U.S.
WORD = re.compile(r"[^\W_]+(?:['\u2019.,\u2010\u2011-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Part:
    """What is hidden at once: a word of the sentence, by its characters there, or a whole unit around it, by its sentence's number."""

    text: str
    positions: Sequence[int]
    start: int | None = None
    end: int | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part did to a score: the score `without` it, and the `weight` that it had, in log-odds; positive speaks for the mention.

    A word has the characters where it stands, a unit around the number of its sentence, -1 for the title.
    """

    text: str
    without: float
    weight: float
    start: int | None
    end: int | None
    index: int | None


def parts(window: Window, unit: int) -> list[Part]:
    """The words of this unit, then the units around it. A word that was cut off with its tokens was not read, and is left out."""
    text = window.units[unit].text
    found = [(word, window.positions(unit, *word.span())) for word in WORD.finditer(text)]
    words = [Part(word[0], positions, *word.span()) for word, positions in found if positions]
    around = [
        Part(one.text, np.nonzero(window.mask(place))[0].tolist(), index=window.index[place])
        for place, one in enumerate(window.units)
        if place != unit
    ]
    return words + around


def scores_without(model: Model, window: Window, unit: int, part: Part) -> Floats:
    """The scores [K] of this unit, read with the part masked."""
    mask = model.tokeniser.unk_token_id if model.tokeniser.mask_token_id is None else model.tokeniser.mask_token_id
    hidden = set(part.positions)
    ids = [mask if place in hidden else token for place, token in enumerate(window.ids)]
    return model.read(replace(window, ids=ids)).scores[unit]


def weight(part: Part, score: float, without: float) -> Weight:
    """The weight of a part that brings the score `without` it to `score`."""
    return Weight(part.text, without, float(log_odds(score) - log_odds(without)), part.start, part.end, part.index)


def log_odds(score: float | Floats) -> Floats:
    """The logarithm of p / (1 - p), which still moves where a probability is near 0 or 1."""
    bounded = np.clip(score, 1e-6, 1 - 1e-6)
    odds: Floats = np.log(bounded / (1 - bounded))
    return odds
