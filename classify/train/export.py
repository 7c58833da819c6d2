"""Writes a trained network as what classify serves: two ONNX graphs, the reader's matrices in int8, and a card with hashes and figures."""

import hashlib
import json
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from transformers import PreTrainedTokenizerBase

from classify.labels import KINDS
from classify.model import CARD, FILES, file_hash, label_space
from classify.train.calibrate import Calibration
from classify.train.network import Network

OPSET = 17


def export(
    network: Network,
    tokeniser: PreTrainedTokenizerBase,
    calibration: Calibration,
    record: dict[str, Any],
    folder: Path,
    *,
    int8: bool = True,
) -> None:
    """Write graphs, tokeniser and card to `folder`, which is replaced whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch)
        _write_graphs(network.eval(), made)
        if int8:
            # The reader's heads stay as they are: where a window lacks a sentence their input holds -1e4, which would use up the scale.
            quantise(made / "reader.onnx", "/encoder/")
            quantise(made / "slots.onnx")
        tokeniser.save_pretrained(made)
        card = {
            "name": record["name"],
            "hash": hashlib.sha256((made / "reader.onnx").read_bytes() + (made / "slots.onnx").read_bytes()).hexdigest(),
            "files": {name: file_hash(made / name) for name in FILES},
            "labels": label_space(),
            "thresholds": calibration.thresholds,
            "calibration": [calibration.slope, calibration.shift],
            "record": record,
        }
        (made / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
        for name in (*FILES, CARD):
            shutil.copyfile(made / name, folder / name)


def quantise(graph: Path, part: str = "/") -> None:
    """Store the matrices and embeddings of the nodes under `part` in 8 bits, one scale an output channel (dynamic quantisation)."""
    whole = graph.with_suffix(".fp32.onnx")
    graph.rename(whole)
    others = [node.name for node in onnx.load(whole).graph.node if not node.name.startswith(part)]
    quantize_dynamic(whole, graph, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=others)
    whole.unlink()


def _write_graphs(network: Network, folder: Path) -> None:
    hidden, codes = network.slots.edges.in_features, network.slots.code.out_features
    reader_arguments = (torch.ones(2, 9, dtype=torch.long), torch.ones(2, 9, dtype=torch.long), torch.ones(2, 3, 9))
    axes = {
        "ids": {0: "B", 1: "T"},
        "attention": {0: "B", 1: "T"},
        "sentences": {0: "B", 1: "S", 2: "T"},
        "hidden": {0: "B", 1: "T"},
        "vectors": {0: "B", 1: "S"},
        "logits": {0: "B", 1: "S"},
    }
    _write(network.reader, reader_arguments, folder / "reader.onnx", list(axes)[:3], list(axes)[3:], axes)
    slots_axes = {
        "hidden": {0: "T"},
        "vectors": {0: "M"},
        "kinds": {0: "M"},
        "sentence": {0: "M", 1: "T"},
        "names": {0: "C", 1: "T"},
        "name_codes": {0: "C"},
        "relations": {0: "M", 1: "C"},
        "numbers": {0: "N", 1: "T"},
        "stated": {0: "M", 1: "N"},
        "speaker": {1: "M", 2: "T"},
        "codes": {0: "M"},
        "count": {0: "M", 1: "N1"},
    }
    slots_arguments = (
        torch.randn(9, hidden),
        torch.randn(2, hidden),
        torch.zeros(2, dtype=torch.long),
        torch.ones(2, 9),
        torch.ones(4, 9) / 9,
        torch.eye(codes)[:4],
        torch.zeros(2, 4, dtype=torch.long),
        torch.ones(3, 9) / 9,
        torch.ones(2, 3),
    )
    _write(network.slots, slots_arguments, folder / "slots.onnx", list(slots_axes)[:9], list(slots_axes)[9:], slots_axes)
    assert network.reader.kinds.out_features == len(KINDS)


def _write(
    module: nn.Module, arguments: tuple[Any, ...], path: Path, inputs: list[str], outputs: list[str], axes: dict[str, dict[int, str]]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the tracing exporter: these graphs have no branches to lose
        torch.onnx.export(
            module, arguments, path, input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET, dynamo=False
        )
