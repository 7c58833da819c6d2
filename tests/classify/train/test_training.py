"""A training run on some hundred items, from a small random encoder to weights that the service loads."""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from classify.commands import add_commands
from classify.drift import reference_of
from classify.items import Item
from classify.layout import reader_input
from classify.model import CARD, WEIGHTS, Model
from classify.sentences import Text
from classify.tag import Tagger
from classify.train.build import build
from classify.train.examples import examples, held_out
from classify.train.items import read_items
from classify.train.losses import batch_loss
from classify.train.trained import StateError
from classify.train.training import Plan, Training
from classify.windows import laid_out, windows

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


def test_a_training_begins_where_another_ended(base: Path, items: list[Item], tmp_path: Path) -> None:
    first = training(base, items[:20], tmp_path / "first", epochs=1)
    first.run()
    second = Training(Plan(str(base), begun=str(tmp_path / "first"), epochs=1), items[:20], tmp_path / "second")
    for name, tensor in first.network.state_dict().items():
        torch.testing.assert_close(second.network.state_dict()[name], tensor)
    assert (second.epoch, second.step) == (0, 0)


def test_another_plan_does_not_go_on_with_this_ones_state(base: Path, items: list[Item], tmp_path: Path) -> None:
    training(base, items[:20], tmp_path, epochs=1).run()
    with pytest.raises(SystemExit, match="belongs to another plan"):
        training(base, items[:20], tmp_path, epochs=9)


@pytest.fixture(scope="module")
def data(items: list[Item], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "items.jsonl"
    path.write_text("".join(json.dumps(item) + "\n" for item in items))
    return path


@pytest.fixture(scope="module")
def built(base: Path, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training that is done."""
    out = tmp_path_factory.mktemp("built") / "weights"
    build(
        argparse.Namespace(
            items=[str(data)], texts=data.parent, general=None, base=str(base), begun="", out=out, name="tiny",
            epochs=1, rate=1e-3, bf16=False, seed=1, fp32=True, reference=None,
        )
    )  # fmt: skip
    return out


def test_what_is_exported_is_what_was_trained(built: Path, base: Path, items: list[Item]) -> None:
    model = Model(built)
    assert model.name.startswith("tiny@")
    record = card_of(built)["record"]
    assert (record["plan"]["epochs"], record["trained"]) == (1, {"epochs": 1, "steps": 0})
    assert "items.jsonl" in record["data"]
    reference = reference_of(card_of(built))
    assert reference
    assert reference.sentences == sum(len(item["sentences"]) for item in items if held_out(item))
    network = Training(Plan(str(base), epochs=1, encoder_rate=1e-3), items, built / "state").network.eval()
    articles = ("A title", ["North Korea denied it.", "It rained."]), ("", ["word " * 100] * 4)
    laid = [window for title, sentences in articles for window in windows(laid_out(model.tokeniser, title, sentences))]
    inputs = reader_input(laid, model.tokeniser.pad_token_id)
    with torch.no_grad():
        _, _, logits = network.reader(**{key: torch.from_numpy(value) for key, value in inputs.items()})
    served = model._reader.run(["logits"], inputs)[0]
    np.testing.assert_allclose(served, logits.numpy(), atol=1e-4)
    assert len(Tagger(model).tag([Text("", ["One.", "Two."])])[0]) == 2


def card_of(folder: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((folder / CARD).read_text("utf-8"))
    return card


def exported(state: Path, out: Path, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers(dest="command"))
    args = parser.parse_args(["export", str(state), str(out), *arguments])
    return int(args.run(args))


def test_a_state_is_exported_again_to_the_same_weights(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "again"
    assert exported(built, out, "--fp32") == 0
    assert card_of(out) == card_of(built)
    news = tmp_path / "news.jsonl"
    news.write_text(json.dumps({"id": "a", "text": "It rained. It stopped."}))
    assert exported(built, out, "--fp32", "--reference", str(news)) == 0
    assert card_of(out) == card_of(built) | {"reference": {"sentences": 2, "found": 0, "scores": [0] * 10}}
    assert Model(out).name == Model(built).name


def test_a_state_is_exported_in_eight_bits_under_another_name(built: Path, base: Path, tmp_path: Path) -> None:
    moved = base.rename(base.with_name("elsewhere"))
    try:
        assert exported(built / "state" / "state.pt", tmp_path / "small", "--name", "small", "--base", str(moved)) == 0
    finally:
        moved.rename(base)
    assert Model(tmp_path / "small").name.startswith("small@")
    sizes = [(folder / "reader.onnx").stat().st_size for folder in (tmp_path / "small", built)]
    assert sizes[0] < sizes[1] / 2


def test_a_state_without_its_held_out_items_is_given_them(built: Path, data: Path, tmp_path: Path) -> None:
    state = tmp_path / "state.pt"
    state.write_bytes((built / "state" / "state.pt").read_bytes())
    with pytest.raises(StateError, match=f"{tmp_path}/made_of.json: not there. Give --items"):
        exported(state, tmp_path / "out")
    assert exported(state, tmp_path / "out", "--fp32", "--items", str(data), "--name", "tiny") == 0
    assert card_of(tmp_path / "out") == card_of(built)


def test_a_folder_without_a_state_is_named(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="nowhere: holds no state.pt"):
        exported(tmp_path / "nowhere", tmp_path / "out")
