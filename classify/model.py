"""Runs the network in ONNX Runtime; the only module that does. Refuses weights whose hash or labels are not the expected ones.

B windows, T tokens, S sentences, M mentions, H hidden size, K kinds, V codes.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classify.labels import KINDS, ROLES, codes
from classify.layout import gate_input, reader_input
from classify.windows import Laid, Window

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from transformers import PreTrainedTokenizerBase

WEIGHTS = Path(__file__).parent / "weights"
CARD = "model.json"
TOKENISER = ("tokenizer.json", "tokenizer_config.json")
FILES = ("gate.onnx", "reader.onnx", "slots.onnx", *TOKENISER)

Floats = NDArray[np.float32]


class ModelError(Exception):
    """Weights that must not be served: missing, corrupt, or of other labels. Names the file and what to do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One window as the reader saw it: hidden [T,H], vectors [S,H], and the probability of each mention [S,K]."""

    hidden: Floats
    vectors: Floats
    scores: Floats


class Model:
    """The weights in a folder, checked and ready."""

    def __init__(self, folder: Path = WEIGHTS, threads: int = 2) -> None:
        from transformers import PreTrainedTokenizerFast  # here: it takes a second, which commands without a model need not wait

        card = _checked(folder)
        self.name: str = f"{card['name']}@{card['hash'][:12]}"
        self.thresholds: Floats = np.array(card["thresholds"], dtype=np.float32)
        self._slope, self._shift = card["calibration"]
        self.tokeniser: PreTrainedTokenizerBase = PreTrainedTokenizerFast.from_pretrained(folder)
        self._passes: float = card["gate"]["threshold"]
        self._gate = _session(folder / "gate.onnx", 1)
        self._reader = _session(folder / "reader.onnx", threads)
        self._slots = _session(folder / "slots.onnx", 1)

    def gate(self, laid: Laid) -> Floats:
        """How possible each sentence of an article is [S], as log-odds over what lets it through: it is read from 0 on."""
        if not laid.units:
            return np.zeros(0, dtype=np.float32)
        (logits,) = self._gate.run(["logits"], {"ids": gate_input([laid], self.tokeniser.pad_token_id)})
        return np.asarray(logits[0] - self._passes, dtype=np.float32)

    def read(self, window: Window) -> Reading:
        """One window in one pass. Scores are calibrated.

        Never several: int8 scales are taken over all that is read at once, so a window's scores would depend on its company,
        and an article that is read again after a crash might say something else. Long windows lose nothing by it.
        """
        hidden, vectors, logits = self._reader.run(["hidden", "vectors", "logits"], reader_input([window], self.tokeniser.pad_token_id))
        return Reading(hidden[0], vectors[0], 1 / (1 + np.exp(-(self._slope * logits[0] + self._shift))))

    def slots(self, reading: Reading, units: Sequence[int], arrays: Mapping[str, NDArray[np.generic]]) -> tuple[Floats, Floats, Floats]:
        """speaker [2,M,T], codes [M,3,V] and count [M,N+1] logits of one window's mentions, which stand in these units."""
        inputs = {"hidden": reading.hidden, "vectors": reading.vectors[list(units)], **arrays}
        speaker, found, count = self._slots.run(["speaker", "codes", "count"], inputs)
        return speaker, found, count


def _session(path: Path, threads: int) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the log's and desk's threads need the cores too
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelError(f"{path}: cannot be loaded: {error}") from None


def _checked(folder: Path) -> dict[str, Any]:
    card_path = folder / CARD
    try:
        card: dict[str, Any] = json.loads(card_path.read_text("utf-8"))
    except FileNotFoundError:
        raise ModelError(f"{card_path}: not there. Name the folder of a model in CLAIMWIRE_MODEL, or run claimwire train.") from None
    except ValueError as error:
        raise ModelError(f"{card_path}: not JSON: {error}") from None
    if card.get("labels") != label_space():
        raise ModelError(f"{card_path}: made for other labels than this version's. Retrain with claimwire train.")
    hashes = card.get("files", {})
    for name in sorted({*FILES, *hashes}):  # a graph too large for one file has further ones
        if file_hash(folder / name) != hashes.get(name):
            raise ModelError(f"{folder / name}: is not the file that {CARD} was written for. Restore it from the repository.")
    return card


def label_space() -> dict[str, list[str]]:
    """What the outputs stand for, as saved beside the weights."""
    return {"kinds": [f"{topic} {stance}" for topic, stance in KINDS], "roles": list(ROLES), "codes": list(codes())}


def file_hash(path: Path) -> str | None:
    """SHA-256 of a file, hex; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
