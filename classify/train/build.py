"""Items to weights: train, calibrate on what was held out, export, and keep a record of how it was done."""

import argparse
import hashlib
import random
from collections.abc import Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from classify.items import Item
from classify.labels import codes
from classify.names import Names
from classify.train.calibrate import calibrate
from classify.train.examples import Example, batch_input, batches, examples, held_out
from classify.train.export import export
from classify.train.gate import Gated, train_gate
from classify.train.general import general_items
from classify.train.items import read_items
from classify.train.network import Network
from classify.train.reference import add_reference
from classify.train.trained import Trained, keep, keep_gate, kept_gate, load, made_of, state_file
from classify.train.training import Plan, Training, mention_f1

Floats = NDArray[np.float32]


def build(args: argparse.Namespace) -> None:
    """Train as `claimwire train` was asked to and write the weights to `args.out`."""
    items, record = _read(args)
    plan = Plan(args.base, args.begun, args.epochs, encoder_rate=args.rate, bf16=args.bf16, seed=args.seed)
    training = Training(plan, items, args.out / "state")
    record, unseen = {"name": args.name} | record, _held_out(items)
    keep(training.folder, record, unseen)
    training.run()
    trained = Trained(training.network, training.tokeniser, asdict(plan), training.epoch, training.step)
    gated = _gate(trained, items, args.general)
    keep_gate(training.folder, gated)
    export_trained(trained, gated, unseen, record, args.out, int8=not args.fp32)
    add_reference(args.out, read_items(args.reference, args.texts) if args.reference else unseen)


def export_again(args: argparse.Namespace) -> None:
    """Write weights to `args.out` from the state that `claimwire export` was pointed at."""
    file = state_file(args.state)
    trained = load(file, args.base)
    if args.items:
        items, record = _read(args)
        record, unseen = {"name": "claimwire"} | record, _held_out(items)
        gated = _gate(trained, items, args.general)
    else:
        record, unseen = made_of(file.parent)
        gated = kept_gate(file.parent, trained.tokeniser.pad_token_id)
    if args.name:
        record = record | {"name": args.name}
    export_trained(trained, gated, unseen, record, args.out, int8=not args.fp32)
    add_reference(args.out, read_items(args.reference, args.texts) if args.reference else unseen)


def _gate(trained: Trained, items: Sequence[Item], general: Path | None) -> Gated:
    """A gate over this network's word embeddings."""
    words = trained.network.reader.encoder.get_input_embeddings().weight
    return train_gate(items, list(general_items(general)) if general else [], words, trained.tokeniser)


def export_trained(trained: Trained, gated: Gated, unseen: Sequence[Item], record: dict[str, Any], out: Path, *, int8: bool) -> None:
    """Calibrate on the held-out items and write weights and card to `out`."""
    network, padding = trained.network, trained.tokeniser.pad_token_id
    made = examples(unseen, trained.tokeniser, Names(), codes())
    calibration = calibrate(*outputs(network, made, padding))
    record = record | {
        "plan": trained.plan | {name: Path(trained.plan.get(name, "")).name for name in ("base", "begun")},
        "trained": {"epochs": trained.epochs, "steps": trained.steps},
        "calibration_error": round(calibration.error, 4),
        "reliability": [astuple(one) for one in calibration.reliability],
        "held_out_mention_f1": round(mention_f1(network, made, padding), 4),
    }
    export(network, trained.tokeniser, calibration, gated, record, out, int8=int8)
    print(f"weights in {out}: serve them with CLAIMWIRE_MODEL={out}, measure them with claimwire evaluate")


def _read(args: argparse.Namespace) -> tuple[list[Item], dict[str, Any]]:
    """The items that these arguments name, and what the record says of them."""
    paths = [Path(name) for name in args.items]
    items = [item for path in paths for item in read_items(path, args.texts)]
    unseen = sum(held_out(item) for item in items)
    return items, {
        "data": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths},
        "items": {"learned": len(items) - unseen, "held out": unseen},
    }


def _held_out(items: Sequence[Item]) -> list[Item]:
    unseen = [item for item in items if held_out(item)]
    if not unseen:
        raise ValueError(f"none of the {len(items)} items is held out, which calibration needs: give items of more scenarios")
    return unseen


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
