"""Fits what turns logits into probabilities, and the thresholds over which a mention is reported, on held-out items only."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from classify.labels import KINDS

#: What a false mention costs in missed ones. A false confirm or deny wakes a desk: it costs three. Any other costs one: on the
#: board it is read beside its sentence, but it takes the place of what its side said before.
COST = {"confirm": 3.0, "deny": 3.0}
OTHER_COST = 1.0
GRID = np.linspace(0.2, 0.9, 71)
#: Below it nothing is at stake: nearly all of the scores are there, and would hide what the others do.
LEAST = 0.05
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """score = sigmoid(slope * logit + shift); a mention is reported from its kind's threshold on."""

    slope: float
    shift: float
    thresholds: list[float]
    reliability: list["Bin"]

    @property
    def error(self) -> float:
        """Expected calibration error (Naeini, Cooper and Hauskrecht 2015) of the scores from LEAST on."""
        total = sum(one.count for one in self.reliability)
        return sum(one.count * abs(one.score - one.right) for one in self.reliability) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """Scores of about one height: their mean, the share of them that were right, and how many they are."""

    score: float
    right: float
    count: int


def calibrate(logits: NDArray[np.float32], right: NDArray[np.float32]) -> Calibration:
    """The calibration for these logits [N,K] and what was right [N,K] (Platt scaling, one line for all kinds)."""
    slope, shift = _platt(torch.from_numpy(logits).double(), torch.from_numpy(right).double())
    scores = 1 / (1 + np.exp(-(slope * logits + shift)))
    thresholds = [_threshold(stance, scores[:, kind], right[:, kind]) for kind, (_, stance) in enumerate(KINDS)]
    return Calibration(slope, shift, thresholds, list(_bins(scores, right)))


def _bins(scores: NDArray[np.float64], right: NDArray[np.float32]) -> Iterator[Bin]:
    place = np.where(scores < LEAST, -1, np.minimum(scores * BINS, BINS - 1).astype(int))
    for one in range(BINS):
        if (inside := place == one).any():
            yield Bin(round(float(scores[inside].mean()), 4), round(float(right[inside].mean()), 4), int(inside.sum()))


def _platt(logits: torch.Tensor, right: torch.Tensor) -> tuple[float, float]:
    line = torch.tensor([1.0, 0.0], dtype=torch.double, requires_grad=True)
    search = torch.optim.LBFGS([line], max_iter=100)

    def step() -> torch.Tensor:
        search.zero_grad()
        loss = functional.binary_cross_entropy_with_logits(line[0] * logits + line[1], right)
        loss.backward()
        return loss

    search.step(step)
    return float(line[0].detach()), float(line[1].detach())


def _threshold(stance: str, scores: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """The threshold of least expected cost: false mentions times their cost, plus missed ones.

    For a calibrated score that is cost / (1 + cost); the held-out share is too small to move it far, so it is the middle of the two.
    """
    cost = COST.get(stance, OTHER_COST)
    costs = [cost * float(((scores >= t) & (right == 0)).sum()) + float(((scores < t) & (right == 1)).sum()) for t in GRID]
    best = float(GRID[int(np.argmin(costs))])
    return round((best + cost / (1 + cost)) / 2, 3)
