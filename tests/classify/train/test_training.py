"""A training run on some hundred items, from a small random encoder to weights that the service loads."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from classify.items import Item
from classify.layout import reader_input
from classify.model import CARD, WEIGHTS, Model
from classify.sentences import Text
from classify.tag import Tagger
from classify.train.build import build
from classify.train.examples import examples, held_out
from classify.train.items import read_items
from classify.train.losses import batch_loss
from classify.train.training import Plan, Training
from classify.windows import windows

DATA = Path(__file__).parents[3] / "classify" / "train" / "data"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two thin layers with random weights and no dropout, and the shipped tokeniser."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("base")
    config = BertConfig(
        vocab_size=30522, hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    PreTrainedTokenizerFast.from_pretrained(WEIGHTS).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def items() -> list[Item]:
    every = list(read_items(DATA / "w9.txt"))
    return [item for number, item in enumerate(every) if number < 100 or held_out(item)][:140]


def training(base: Path, items: list[Item], folder: Path, epochs: int = 2) -> Training:
    made = Training(Plan(str(base), epochs=epochs, encoder_rate=1e-3), items, folder)
    made.network.reader.dropout.p = 0.0
    return made


def loss_of(made: Training) -> float:
    shown = examples(made.learned, made.tokeniser, made.names, made.labels)[:20]
    with torch.no_grad():
        return float(batch_loss(made.network.eval(), shown, made.labels, made.tokeniser.pad_token_id))


def test_it_learns_what_it_is_shown(base: Path, items: list[Item], tmp_path: Path) -> None:
    made = training(base, items, tmp_path, epochs=6)
    before = loss_of(made)
    made.run()
    assert loss_of(made) < 0.7 * before


def test_held_out_storylines_are_never_learned(base: Path, tmp_path: Path) -> None:
    items = list(read_items(DATA / "w9.txt"))
    made = training(base, items, tmp_path)
    unseen = {item["scenario"] for item in items if held_out(item)}
    assert unseen
    assert unseen.isdisjoint(item["scenario"] for item in made.learned)


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(base: Path, items: list[Item], tmp_path: Path) -> None:
    whole = training(base, items, tmp_path / "whole")
    whole.run()
    stopped = training(base, items, tmp_path / "stopped")
    stopped.run(until=1)
    resumed = training(base, items, tmp_path / "stopped")
    assert (resumed.epoch, resumed.step) == (1, 0)
    resumed.run()
    for name, tensor in whole.network.state_dict().items():
        torch.testing.assert_close(resumed.network.state_dict()[name], tensor)


def test_another_plan_does_not_go_on_with_this_ones_state(base: Path, items: list[Item], tmp_path: Path) -> None:
    training(base, items[:20], tmp_path, epochs=1).run()
    with pytest.raises(SystemExit, match="belongs to another plan"):
        training(base, items[:20], tmp_path, epochs=9)


def test_what_is_exported_is_what_was_trained(base: Path, items: list[Item], tmp_path: Path) -> None:
    out, data = tmp_path / "weights", tmp_path / "items.jsonl"
    out.mkdir()
    data.write_text("".join(json.dumps(item) + "\n" for item in items))
    build(
        argparse.Namespace(
            items=[str(data)], texts=tmp_path, base=str(base), out=out, name="tiny", epochs=1, rate=1e-3, bf16=False, seed=1, fp32=True
        )
    )
    model = Model(out)
    assert model.name.startswith("tiny@")
    record = json.loads((out / CARD).read_text("utf-8"))["record"]
    assert record["plan"]["epochs"] == 1
    assert "items.jsonl" in record["data"]
    network = Training(Plan(str(base), epochs=1, encoder_rate=1e-3), items, out / "state").network.eval()
    laid = windows(model.tokeniser, "A title", ["North Korea denied it.", "It rained."]) + windows(model.tokeniser, "", ["word " * 100] * 4)
    inputs = reader_input(laid, model.tokeniser.pad_token_id)
    with torch.no_grad():
        _, _, logits = network.reader(**{key: torch.from_numpy(value) for key, value in inputs.items()})
    served = model._reader.run(["logits"], inputs)[0]
    np.testing.assert_allclose(served, logits.numpy(), atol=1e-4)
    assert len(Tagger(model).tag([Text("", ["One.", "Two."])])[0]) == 2
