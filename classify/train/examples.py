"""Labelled items to what the network learns from: windows with mention and slot targets, in batches of like length.

Drops nothing silently: a slot whose words were cut off or whose code is unknown has no target and is left out of the loss.
"""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from classify.items import Item
from classify.labels import KINDS, ROLES
from classify.layout import Candidates, candidates, reader_input, slots_input
from classify.names import Names
from classify.windows import Window, laid_out, windows

HELD_OUT = 0.06
IGNORE = -100


@dataclass(frozen=True, slots=True)
class Target:
    """One labelled mention of a window."""

    unit: int
    kind: int
    codes: dict[str, list[int]]  # by role; empty force is an empty list, no place or side the code of none
    speaker: tuple[int, int]  # positions of its first and last token; (0, 0) none, IGNORE unknown
    count: int  # which of the window's numbers; their length is none, IGNORE unknown


@dataclass(frozen=True, slots=True)
class Example:
    """A window, what its slots can be filled from, and what is right."""

    window: Window
    found: Candidates
    targets: list[Target]


def held_out(item: Item, share: float = HELD_OUT) -> bool:
    """Whether this item is kept from training; decided by its scenario, so that whole storylines are unseen."""
    digest = hashlib.sha256(item["scenario"].encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 < share


def examples(items: Sequence[Item], tokeniser: PreTrainedTokenizerBase, names: Names, labels: Sequence[str]) -> list[Example]:
    """The examples of these items."""
    made = []
    for item in items:
        for window in windows(laid_out(tokeniser, item["title"], [s["text"] for s in item["sentences"]])):
            found = candidates(window, names)
            targets = [
                _target(window, unit, found, mention, labels)
                for unit, own in enumerate(window.own)
                if own
                for mention in item["sentences"][window.index[unit]]["mentions"]
            ]
            made.append(Example(window, found, targets))
    return made


def _target(window: Window, unit: int, found: Candidates, mention: Item, labels: Sequence[str]) -> Target:
    place_of = {code: place for place, code in enumerate(labels)}
    none = len(labels) - 1
    wanted = {"force": mention["force"], "place": [mention["place"]], "side": [mention["speaker_side"]]}
    return Target(
        unit=unit,
        kind=KINDS.index((mention["topic"], mention["stance"])),
        codes={role: [place_of.get(code, none) if code else none for code in wanted[role]] for role in ROLES},
        speaker=_speaker(window, unit, mention["speaker"]),
        count=_count(unit, found, mention["count"]),
    )


def _speaker(window: Window, unit: int, words: str | None) -> tuple[int, int]:
    if not words:
        return 0, 0
    start = window.units[unit].text.lower().find(words.lower())
    positions = window.positions(unit, start, start + len(words)) if start >= 0 else []
    return (positions[0], positions[-1]) if positions else (IGNORE, IGNORE)


def _count(unit: int, found: Candidates, count: int | None) -> int:
    if count is None:
        return max(len(found.numbers), 1)
    return next((row for row, (own, number, _) in enumerate(found.numbers) if own == unit and number.value == count), IGNORE)


def batches(made: Sequence[Example], tokens: int, chance: random.Random) -> list[list[Example]]:
    """Batches of at most `tokens` padded tokens, windows of like length together, in random order."""
    order = sorted(made, key=lambda e: len(e.window.ids) * chance.uniform(0.9, 1.1))
    found: list[list[Example]] = []
    for example in order:
        if not found or len(example.window.ids) * (len(found[-1]) + 1) > tokens:
            found.append([])
        found[-1].append(example)
    chance.shuffle(found)
    return found


def batch_input(batch: Sequence[Example], padding: int) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """The reader's input, the mention targets [B,S,K] and which sentences count [B,S]."""
    arrays = reader_input([example.window for example in batch], padding)
    units = arrays["sentences"].shape[1]
    right, counts = np.zeros((len(batch), units, len(KINDS)), dtype=np.float32), np.zeros((len(batch), units), dtype=np.float32)
    for row, example in enumerate(batch):
        counts[row, : len(example.window.own)] = example.window.own
        for target in example.targets:
            right[row, target.unit, target.kind] = 1
    return {key: torch.from_numpy(value) for key, value in arrays.items()}, torch.from_numpy(right), torch.from_numpy(counts)


def slots_tensors(example: Example, labels: Sequence[str], tokens: int) -> dict[str, Tensor]:
    """The input of `Slots` for this example's own mentions."""
    mentions = [(target.unit, target.kind) for target in example.targets]
    arrays = slots_input(example.window, mentions, example.found, labels, tokens)
    return {key: torch.from_numpy(value) for key, value in arrays.items()}
