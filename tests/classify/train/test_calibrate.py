"""Calibration on logits whose probabilities are known."""

import numpy as np
import pytest

from classify.labels import KINDS
from classify.train.calibrate import COST, LEAST, calibrate

RANDOM = np.random.default_rng(1)
TRUE = RANDOM.uniform(-6, 4, size=(4000, len(KINDS)))
RIGHT = (RANDOM.random(TRUE.shape) < 1 / (1 + np.exp(-TRUE))).astype(np.float32)


def test_overconfident_logits_are_calibrated() -> None:
    made = calibrate((2.5 * TRUE + 1).astype(np.float32), RIGHT)
    assert made.slope == pytest.approx(1 / 2.5, rel=0.1)
    assert made.error < 0.02
    assert all(one.score >= LEAST for one in made.reliability)


def test_what_costs_more_has_the_higher_threshold() -> None:
    thresholds = dict(zip(KINDS, calibrate(TRUE.astype(np.float32), RIGHT).thresholds, strict=True))
    dear = [value for (_, stance), value in thresholds.items() if stance in COST]
    cheap = [value for (_, stance), value in thresholds.items() if stance not in COST]
    assert min(dear) > max(cheap)
    assert np.mean(dear) == pytest.approx(3 / 4, abs=0.07)
    assert np.mean(cheap) == pytest.approx(1 / 2, abs=0.07)
