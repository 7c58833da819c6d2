"""Items to weights: train, calibrate on what was held out, export, and keep a record of how it was done."""

import argparse
import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from classify.train.calibrate import calibrate
from classify.train.examples import Example, batch_input, batches
from classify.train.export import export
from classify.train.items import read_items
from classify.train.network import Network
from classify.train.training import Plan, Training, mention_f1

Floats = NDArray[np.float32]


def build(args: argparse.Namespace) -> None:
    """Train as `claimwire train` was asked to and write the weights to `args.out`."""
    paths = [Path(name) for name in args.items]
    items = [item for path in paths for item in read_items(path, args.texts)]
    plan = Plan(base=args.base, epochs=args.epochs, encoder_rate=args.rate, bf16=args.bf16, seed=args.seed)
    training = Training(plan, items, args.out / "state")
    if not training.unseen:
        raise ValueError(f"none of the {len(items)} items is held out, which calibration needs: give items of more scenarios")
    network = training.run()
    padding = training.tokeniser.pad_token_id
    calibration = calibrate(*outputs(network, training.unseen, padding))
    record = {
        "name": args.name,
        "plan": asdict(plan) | {"base": Path(args.base).name},
        "data": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths},
        "items": {"learned": len(training.learned), "held out": len(items) - len(training.learned)},
        "held_out_mention_f1": round(mention_f1(network, training.unseen, padding), 4),
    }
    export(network, training.tokeniser, calibration, record, args.out, int8=not args.fp32)
    print(f"weights in {args.out}: serve them with CLAIMWIRE_MODEL={args.out}, measure them with claimwire evaluate")


@torch.no_grad()
def outputs(network: Network, made: Sequence[Example], padding: int) -> tuple[Floats, Floats]:
    """Logits and what was right of these examples' own sentences, both [N,K]."""
    network.eval()
    logits, right = [], []
    for batch in batches(made, 2000, random.Random(0)):
        inputs, wanted, counts = batch_input(batch, padding)
        logits.append(network.reader(**inputs)[2][counts > 0].numpy())
        right.append(wanted[counts > 0].numpy())
    return np.concatenate(logits), np.concatenate(right)
