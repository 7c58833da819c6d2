"""A training's state on disk: the weights as `Training` saves them, and beside them what they were made of and what was held out.

So that weights can be exported again from the state alone, of a run that was stopped early too. Stays where it is: the held-out
items may hold gathered texts, which are not to be passed on. Trains nothing.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from classify.items import Item
from classify.labels import codes
from classify.train.gate import Gate, Gated
from classify.train.network import Network

STATE = "state.pt"
MADE_OF = "made_of.json"
GATE = "gate.pt"


class StateError(ValueError):
    """A state that cannot be exported; names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A network with its tokeniser, the plan that it follows, and how far it came."""

    network: Network
    tokeniser: PreTrainedTokenizerBase
    plan: dict[str, Any]
    epochs: int  # whole ones
    steps: int  # of the epoch after these


def state_file(path: Path) -> Path:
    """The state in a training's folder, in its `state` folder, or the file itself."""
    for one in (path / STATE, path / "state" / STATE, path):
        if one.is_file():
            return one
    raise StateError(f"{path}: holds no {STATE}. Name the folder that `claimwire train --out` wrote to, or its {STATE}.")


def load(file: Path, base: str | None = None) -> Trained:
    """The network of this state; `base` is where the encoder lies that it began with, where that is no longer where it was."""
    state = torch.load(file, weights_only=True, mmap=True)
    plan: dict[str, Any] = json.loads(state["plan"])
    try:
        network = Network(base or plan["base"], len(codes()))
        tokeniser: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(base or plan["base"])
    except OSError as error:
        raise StateError(f"{base or plan['base']}: is no encoder: {error}. Name its folder with --base.") from None
    try:
        network.load_state_dict(state["network"])
    except RuntimeError as error:
        raise StateError(f"{file}: of another base or other labels than this version's: {str(error).splitlines()[0]}") from None
    return Trained(network, tokeniser, plan, state["epoch"], state["step"])


def keep(folder: Path, record: dict[str, Any], unseen: Sequence[Item]) -> None:
    """Write what the weights in this state folder are made of, and the items that they are calibrated on."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MADE_OF).write_text(json.dumps({"record": record, "held_out": list(unseen)}, ensure_ascii=False), "utf-8")


def keep_gate(folder: Path, gated: Gated) -> None:
    """Write the gate that was trained after the network to its state folder."""
    torch.save({"gate": gated.gate.state_dict(), "threshold": gated.threshold, "passed": gated.passed}, folder / GATE)


def kept_gate(folder: Path, padding: int) -> Gated:
    """What `keep_gate` wrote."""
    try:
        kept = torch.load(folder / GATE, weights_only=True)
    except FileNotFoundError:
        raise StateError(f"{folder / GATE}: not there, the training was stopped before it. Give --items, for it to be trained.") from None
    gate = Gate(kept["gate"]["words.weight"], padding)
    gate.load_state_dict(kept["gate"])
    return Gated(gate, kept["threshold"], kept["passed"])


def made_of(folder: Path) -> tuple[dict[str, Any], list[Item]]:
    """What `keep` wrote."""
    path = folder / MADE_OF
    try:
        kept = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StateError(f"{path}: not there. Give --items, all the items of that training: some were held out to calibrate on.") from None
    return kept["record"], kept["held_out"]
