"""Writes a trained network as what classify serves: graphs, tokeniser, and a card with hashes, thresholds and figures."""

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase

from classify.model import CARD, TOKENISER, file_hash, label_space
from classify.train.calibrate import Calibration
from classify.train.gate import Gated
from classify.train.graphs import write_graphs
from classify.train.network import Network


def export(
    network: Network,
    tokeniser: PreTrainedTokenizerBase,
    calibration: Calibration,
    gated: Gated,
    record: dict[str, Any],
    folder: Path,
    *,
    int8: bool = True,
) -> None:
    """Write graphs, tokeniser and card to `folder`, which is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch)
        write_graphs(network.eval(), gated.gate.eval(), made, int8=int8)
        tokeniser.save_pretrained(made)
        weights = sorted(path.name for path in made.iterdir() if path.suffix in (".onnx", ".bin"))
        files = {name: file_hash(made / name) for name in (*weights, *TOKENISER)}
        card = {
            "name": record["name"],
            "hash": hashlib.sha256("".join(str(files[name]) for name in weights).encode()).hexdigest(),
            "files": files,
            "labels": label_space(),
            "thresholds": calibration.thresholds,
            "calibration": [calibration.slope, calibration.shift],
            "gate": {"threshold": round(gated.threshold, 4), "passed": gated.passed},
            "record": record,
        }
        (made / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
        for name in (*files, CARD):
            shutil.copyfile(made / name, folder / name)
