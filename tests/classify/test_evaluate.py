import importlib.util
import json
import random
from pathlib import Path
from typing import Any

import pytest

from classify.evaluate import EvaluationError, Item, evaluate
from wire.messages import STANCES, TOPICS

SHARED = Path(__file__).parents[3] / "shared"


def mention(**slots: Any) -> Item:
    plain = {"topic": "foreign_troops", "stance": "confirm", "force": ["KP"], "place": "RU", "speaker": "Zakharova", "speaker_side": "RU"}
    return {**plain, "count": None, **slots}


def item(*sentences: list[Item], id: str = "a") -> Item:
    return {"id": id, "date": "2025-04-26", "scenario": "kursk", "title": "", "sentences": [{"text": "", "mentions": m} for m in sentences]}


def test_a_perfect_prediction() -> None:
    gold = [item([mention()], []), item([], id="b")]
    figures = evaluate(gold, gold)
    assert figures["mention"]["f1"] == figures["alerts"]["f1"] == figures["clean_items"] == 1.0
    assert set(figures["slots"].values()) == {1.0}


def test_a_wrong_stance_is_a_miss_and_a_false_alarm() -> None:
    figures = evaluate([item([mention()])], [item([mention(stance="deny")])])
    assert figures["mention"] == {"p": 0.0, "r": 0.0, "f1": 0.0, "gold": 1, "predicted": 1}
    assert figures["topic"]["foreign_troops"]["f1"] == 1.0


def test_a_speaker_is_right_with_or_without_a_title() -> None:
    figures = evaluate([item([mention()])], [item([mention(speaker="Spokeswoman Zakharova", place=None)])])
    assert figures["slots"]["speaker"] == 1.0
    assert figures["slots"]["place"] == 0.0
    assert (figures["alerts"]["f1"], figures["alerts_loose"]["f1"]) == (0.0, 1.0)


def test_a_missing_item_and_a_missing_sentence_are_named() -> None:
    with pytest.raises(EvaluationError, match="a: no prediction"):
        evaluate([item([])], [])
    with pytest.raises(EvaluationError, match="a: 2 sentences predicted, 1 in gold"):
        evaluate([item([])], [item([], [])])


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared: the gold file and its own scorer")
def test_the_figures_are_those_of_the_gold_files_own_scorer() -> None:
    spec = importlib.util.spec_from_file_location("score", SHARED / "score.py")
    assert spec
    assert spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    gold = [json.loads(line) for line in (SHARED / "gold" / "dev.jsonl").read_text("utf-8").splitlines()]
    predicted = [spoilt(one, random.Random(number)) for number, one in enumerate(gold)]
    theirs, _ = scorer.score(gold, predicted)
    assert same(evaluate(gold, predicted), theirs)


def spoilt(gold: Item, chance: random.Random) -> Item:
    """The item with some mentions left out, changed and added."""
    sentences = []
    for sentence in gold["sentences"]:
        kept = [m for m in sentence["mentions"] if chance.random() > 0.2]
        changed = [{**m, "stance": chance.choice(STANCES), "place": None} if chance.random() < 0.2 else m for m in kept]
        added = [mention(topic=chance.choice(TOPICS), stance=chance.choice(STANCES))] if chance.random() < 0.1 else []
        sentences.append({**sentence, "mentions": changed + added})
    return {**gold, "sentences": sentences}


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    return bool(ours == pytest.approx(theirs))
