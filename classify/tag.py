"""Articles to mentions: sentences through the gate into windows, windows through the network, its outputs into slots.

Knows no log and no Finding.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.labels import KINDS, NOBODY, ROLES, Mention, allowed, codes
from classify.layout import Candidates, Floats, candidates, slots_input
from classify.model import Model, Reading
from classify.names import Names
from classify.sentences import Text
from classify.windows import Window, laid_out, windows

SPEAKER_TOKENS = 30
#: A force is every code that is this likely, or else the likeliest, unless that is less likely than FORCE_LEAST. Chosen on the
#: held-out items: with the network of November 2026 the whole list was right in 0.81 of their mentions, with a threshold of a half in 0.69.
FORCE_THRESHOLD, FORCE_LEAST = 0.85, 0.05
EDGES = " \t\"'“”‘’.,;:()[]–—-"


class Tagger:
    """A model with the table of names. `passed` is told of each text how many of its sentences the gate let through."""

    def __init__(self, model: Model, passed: Callable[[int], object] = lambda sentences: None) -> None:
        self.model = model
        self._passed = passed
        self.names = Names()
        self.labels = codes()
        self.closed = {role: ~np.array(allowed(role, self.labels)) for role in ROLES}

    def tag(self, texts: Sequence[Text]) -> list[list[list[Mention]]]:
        """For each text, for each of its sentences, its mentions: the same however many are given at once."""
        found: list[list[list[Mention]]] = [[[] for _ in text.sentences] for text in texts]
        for text, mentions in zip(texts, found, strict=True):
            laid = laid_out(self.model.tokeniser, text.title, text.sentences)
            possible = self.model.gate(laid) >= 0
            self._passed(int(possible.sum()))
            for window in windows(laid, possible.tolist()):
                for sentence, mention in self._mentions(window, self.model.read(window)):
                    mentions[sentence].append(mention)
        return found

    def _mentions(self, window: Window, reading: Reading) -> Iterator[tuple[int, Mention]]:
        own = np.array(window.own)[:, None]
        units, kinds = np.nonzero((reading.scores >= self.model.thresholds) & own)
        if not len(units):
            return
        named = candidates(window, self.names)
        arrays = slots_input(window, list(zip(units.tolist(), kinds.tolist(), strict=True)), named, self.labels, len(window.ids))
        speaker, code, count = self.model.slots(reading, units.tolist(), arrays)
        for row, (unit, kind) in enumerate(zip(units.tolist(), kinds.tolist(), strict=True)):
            topic, stance = KINDS[kind]
            words = speaker_words(window, unit, speaker[:, row])
            yield (
                window.index[unit],
                Mention(
                    topic=topic,
                    stance=stance,
                    force=self._force(code[row, 0]),
                    place=self._best("place", code[row, 1]),
                    speaker=words,
                    speaker_side=self._best("side", code[row, 2]),
                    count=stated_count(named, count[row]),
                    score=float(reading.scores[unit, kind]),
                ),
            )

    def _force(self, logits: Floats) -> tuple[str, ...]:
        chances = np.where(self.closed["force"], 0.0, 1 / (1 + np.exp(-logits)))
        return tuple(sorted(self.labels[place] for place in np.nonzero(chosen_force(chances))[0]))

    def _best(self, role: str, logits: Floats) -> str | None:
        code = self.labels[int(np.argmax(np.where(self.closed[role], -np.inf, logits)))]
        return None if code == NOBODY else code


def chosen_force(chances: NDArray[np.floating[Any]]) -> NDArray[np.bool_]:
    """Which codes a force is made of, by the probability of each [V]."""
    chosen: NDArray[np.bool_] = chances >= FORCE_THRESHOLD
    if not chosen.any() and chances.max() >= FORCE_LEAST:
        chosen[int(chances.argmax())] = True
    return chosen


def speaker_words(window: Window, unit: int, logits: Floats) -> str | None:
    """The words of the likeliest span [2,T] in this unit; None where position 0, no speaker, is likelier."""
    start, end, offset = logits[0], logits[1], window.starts[unit]
    length = len(window.units[unit].ids)
    pairs = start[offset : offset + length, None] + end[None, offset : offset + length]
    inside = np.triu(np.ones_like(pairs, dtype=bool)) & ~np.triu(np.ones_like(pairs, dtype=bool), SPEAKER_TOKENS)
    first, last = np.unravel_index(np.argmax(np.where(inside, pairs, -np.inf)), pairs.shape)
    if pairs[first, last] <= start[0] + end[0]:
        return None
    offsets = window.units[unit].offsets
    return window.units[unit].text[offsets[first][0] : offsets[last][1]].strip(EDGES) or None


def stated_count(found: Candidates, logits: Floats) -> int | None:
    """The number whose logit is highest; None where the last, no number, is."""
    best = int(np.argmax(logits))
    return found.numbers[best][1].value if best < len(found.numbers) else None
