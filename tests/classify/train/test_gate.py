"""The gate, trained on some of the project's own items; what it lets through in ONNX Runtime is what it let through in training."""

import gzip
import json
from pathlib import Path

import onnxruntime
import pytest
import torch
from transformers import PreTrainedTokenizerBase, PreTrainedTokenizerFast

from classify.items import Item
from classify.layout import gate_input
from classify.model import WEIGHTS
from classify.train.gate import LOST, Gate, Gated, train_gate
from classify.train.general import TOGETHER, general_items
from classify.train.graphs import GATE_AXES, _write
from classify.train.items import read_items
from classify.windows import laid_out

DATA = Path(__file__).parents[3] / "classify" / "train" / "data"
WEATHER = ["The museum opens in spring.", "Shares of the bank fell by two percent.", "The team won its third match."]


@pytest.fixture(scope="module")
def tokeniser() -> PreTrainedTokenizerBase:
    return PreTrainedTokenizerFast.from_pretrained(WEIGHTS)


@pytest.fixture(scope="module")
def gated(tokeniser: PreTrainedTokenizerBase) -> Gated:
    items = [item for name in ("w1.txt", "w9.txt") for item in read_items(DATA / name)]
    general: list[Item] = [
        {"id": f"g{number}", "scenario": f"g{number}", "title": "", "sentences": [{"text": text, "mentions": []} for text in WEATHER]}
        for number in range(100)
    ]
    return train_gate(items, general, torch.randn(len(tokeniser), 80), tokeniser)


def test_next_to_no_mention_is_lost_and_general_news_is_ruled_out(gated: Gated) -> None:
    assert gated.passed["mentions"] >= 1 - LOST
    assert gated.passed["clean"] < gated.passed["mentions"]
    assert gated.passed["general"] < 0.1


def test_other_articles_in_the_batch_change_nothing(gated: Gated, tokeniser: PreTrainedTokenizerBase) -> None:
    one, two = laid_out(tokeniser, "A title", WEATHER), laid_out(tokeniser, "", ["Rain."] * 9)
    with torch.no_grad():
        together, alone = (gated.gate(torch.from_numpy(gate_input(articles, gated.gate.padding))) for articles in ([one, two], [one]))
    torch.testing.assert_close(together[0, :3], alone[0])


def test_the_graph_is_the_gate(gated: Gated, tokeniser: PreTrainedTokenizerBase, tmp_path: Path) -> None:
    _write(gated.gate, (torch.ones(1, 3, 9, dtype=torch.long),), tmp_path / "gate.onnx", ["ids"], ["logits"], GATE_AXES)
    ids = gate_input([laid_out(tokeniser, "", WEATHER * 4)], gated.gate.padding)
    served = onnxruntime.InferenceSession(tmp_path / "gate.onnx").run(["logits"], {"ids": ids})[0]
    with torch.no_grad():
        torch.testing.assert_close(torch.from_numpy(served), gated.gate(torch.from_numpy(ids)), atol=1e-4, rtol=1e-4)


def test_a_gate_whose_padding_is_another() -> None:
    gate = Gate(torch.randn(50, 8), padding=1).eval()
    ids = torch.full((1, 3, 6), 1)
    ids[0, 1, :2] = 7
    assert torch.isfinite(gate(ids)).all()


def test_general_news_is_put_together_by_category(tmp_path: Path) -> None:
    rows: list[Item] = [{"id": f"s{n}", "cat": "Sports", "text": f"Match {n} ended. It rained."} for n in range(TOGETHER + 1)]
    rows += [
        {"id": "w", "cat": "Armed conflicts and attacks", "text": "War."},
        {"id": "h", "cat": "Sports", "text": "Troops.", "ft_hint": 1},
    ]
    path = tmp_path / "news.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    whole, rest = general_items(path)
    assert (len(whole["sentences"]), len(rest["sentences"])) == (2 * TOGETHER, 2)
    assert rest["sentences"][0] == {"text": f"Match {TOGETHER} ended.", "mentions": []}
