"""The shipped model, loaded once for all tests of classify, and the same with another gate."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from classify.model import CARD, WEIGHTS, Model
from classify.tag import Tagger


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger(Model())


@pytest.fixture
def gated(tmp_path: Path) -> Callable[[float], Tagger]:
    """The shipped model with a gate that asks for so much more (log-odds)."""

    def make(more: float) -> Tagger:
        folder = Path(shutil.copytree(WEIGHTS, tmp_path / "weights"))
        card = json.loads((folder / CARD).read_text("utf-8"))
        card["gate"]["threshold"] += more
        (folder / CARD).write_text(json.dumps(card), "utf-8")
        return Tagger(Model(folder))

    return make
