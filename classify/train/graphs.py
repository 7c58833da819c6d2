"""Writes the networks as ONNX graphs, in 8 bits where they bear it, in files that no host refuses for their size."""

import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx.external_data_helper import set_external_data
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn

from classify.labels import KINDS
from classify.train.gate import Gate
from classify.train.network import Network

OPSET = 17
GATE_AXES = {"ids": {0: "D", 1: "R", 2: "L"}, "logits": {0: "D", 1: "S"}}
#: No file larger than this many bytes: GitHub warns of 50 MiB and refuses 100.
FILE_BYTES = 90_000_000


def quantise(graph: Path, part: str = "/") -> None:
    """Store the matrices and embeddings of the nodes under `part` in 8 bits, one scale an output channel (dynamic quantisation)."""
    whole = graph.with_suffix(".fp32.onnx")
    graph.rename(whole)
    others = [node.name for node in onnx.load(whole).graph.node if not node.name.startswith(part)]
    quantize_dynamic(whole, graph, weight_type=QuantType.QInt8, per_channel=True, nodes_to_exclude=others)
    whole.unlink()


def split(graph: Path) -> None:
    """Move the largest weights of a graph that is too large for one file into further ones, `NAME.1.bin` and on."""
    if graph.stat().st_size <= FILE_BYTES:
        return
    model = onnx.load(graph)
    left, part, room = graph.stat().st_size, 0, 0
    for tensor in sorted(model.graph.initializer, key=lambda tensor: -len(tensor.raw_data)):
        size = len(tensor.raw_data)
        if left <= FILE_BYTES // 2:
            break
        if size > room:
            part, room = part + 1, max(size, FILE_BYTES // 2)
        set_external_data(tensor, f"{graph.stem}.{part}.bin")
        left, room = left - size, room - size
    onnx.save_model(model, graph)


def write_graphs(network: Network, gate: Gate, folder: Path, *, int8: bool) -> None:
    """Write gate.onnx, reader.onnx and slots.onnx to `folder`; in int8 what bears it."""
    _write_network(network, folder)
    _write(gate, (torch.ones(1, 3, 9, dtype=torch.long),), folder / "gate.onnx", ["ids"], ["logits"], GATE_AXES)
    if int8:
        # The reader's heads stay as they are: where a window lacks a sentence their input holds -1e4, which would use up the scale.
        quantise(folder / "reader.onnx", "/encoder/")
        quantise(folder / "slots.onnx")
        quantise(folder / "gate.onnx", "/words/")
    for graph in sorted(folder.glob("*.onnx")):
        split(graph)


def _write_network(network: Network, folder: Path) -> None:
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
