"""The figures by which the classifier is judged: predictions against gold items, sentence by sentence. Prints nothing.

Follows the gold files' own definition: a mention is right when topic and stance are; slots are judged on those.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from wire.messages import STANCES, TOPICS

SLOTS = ("force", "place", "speaker_side", "count", "speaker")
ALERTING = ("confirm", "deny")

Item = dict[str, Any]
Figure = dict[str, float]


class EvaluationError(ValueError):
    """Gold and predictions that cannot be compared; names the item."""


def evaluate(gold: Sequence[Item], predicted: Sequence[Item]) -> dict[str, Any]:
    """Precision, recall and F1 of topics, mentions, stances and alerts, the share of right slots and of clean items left clean."""
    pairs = [(one, two) for item, other in _paired(gold, predicted) for one, two in zip(item["sentences"], other["sentences"], strict=True)]
    merged = [{**item, "sentences": other["sentences"]} for item, other in _paired(gold, predicted)]
    wanted, found = alert_positions(gold), alert_positions(merged)
    by_stance = {stance: _overlap((_kinds(g, stance), _kinds(p, stance)) for g, p in pairs) for stance in STANCES}
    return {
        "topic": {topic: _overlap((_has(g, topic), _has(p, topic)) for g, p in pairs) for topic in TOPICS},
        "mention": _overlap((_kinds(g), _kinds(p)) for g, p in pairs),
        "stance": {**by_stance, "macro_f1": sum(one["f1"] for one in by_stance.values()) / len(STANCES)},
        "slots": _slots(pairs),
        "alerts": _figure(len(wanted & found), len(found), len(wanted)),
        "alerts_loose": _loose(wanted, found),
        "clean_items": _clean(gold, merged),
    }


def _paired(gold: Sequence[Item], predicted: Sequence[Item]) -> list[tuple[Item, Item]]:
    by_id = {item["id"]: item for item in predicted}
    for item in gold:
        if item["id"] not in by_id:
            raise EvaluationError(f"{item['id']}: no prediction")
        if len(by_id[item["id"]]["sentences"]) != len(item["sentences"]):
            raise EvaluationError(
                f"{item['id']}: {len(by_id[item['id']]['sentences'])} sentences predicted, {len(item['sentences'])} in gold"
            )
    return [(item, by_id[item["id"]]) for item in gold]


def _kinds(sentence: Item, stance: str | None = None) -> Counter[Any]:
    return Counter((m["topic"], m["stance"]) for m in sentence["mentions"] if stance in (None, m["stance"]))


def _has(sentence: Item, topic: str) -> Counter[Any]:
    return Counter({topic} & {m["topic"] for m in sentence["mentions"]})


def _overlap(pairs: Iterable[tuple[Counter[Any], Counter[Any]]]) -> Figure:
    right = predicted = gold = 0
    for wanted, found in pairs:
        right += (wanted & found).total()
        predicted, gold = predicted + found.total(), gold + wanted.total()
    return _figure(right, predicted, gold)


def _figure(right: float, predicted: int, gold: int) -> Figure:
    return _f1(right / predicted if predicted else 0.0, right / gold if gold else 0.0) | {"gold": gold, "predicted": predicted}


def _f1(precision: float, recall: float) -> Figure:
    total = precision + recall
    return {"p": precision, "r": recall, "f1": 2 * precision * recall / total if total else 0.0}


def slot(mention: Item, name: str) -> Any:
    """A slot's value in the form in which two are compared."""
    value = mention.get(name)
    if name == "force":
        return tuple(sorted(value or ()))
    return value.strip().lower() if name == "speaker" and value else value


def same_slot(name: str, gold: Item, predicted: Item) -> bool:
    """Whether two slots agree; a speaker does when the words of one stand in the other."""
    one, two = slot(gold, name), slot(predicted, name)
    return one == two or (name == "speaker" and bool(one and two) and (f" {one} " in f" {two} " or f" {two} " in f" {one} "))


def _slots(pairs: Sequence[tuple[Item, Item]]) -> dict[str, float]:
    matched, right = 0, Counter[str]()
    for gold, predicted in pairs:
        left = list(predicted["mentions"])
        for mention in gold["mentions"]:
            alike = [m for m in left if (m["topic"], m["stance"]) == (mention["topic"], mention["stance"])]
            if alike:
                best = max(alike, key=lambda m: sum(slot(m, name) == slot(mention, name) for name in SLOTS))
                left.remove(best)
                matched += 1
                right.update(name for name in SLOTS if same_slot(name, mention, best))
    return {name: right[name] / matched if matched else 0.0 for name in SLOTS}


def alert_positions(items: Sequence[Item]) -> set[tuple[Any, ...]]:
    """The positions a desk is alerted to: (scenario, topic, force, place, side, stance), confirm and deny only."""
    return {
        (item["scenario"], m["topic"], slot(m, "force"), m.get("place"), m["speaker_side"], m["stance"])
        for item in items
        for sentence in item["sentences"]
        for m in sentence["mentions"]
        if m["stance"] in ALERTING and m.get("speaker_side")
    }


def _loose(wanted: set[tuple[Any, ...]], found: set[tuple[Any, ...]]) -> Figure:
    """Alerts with place left aside and forces that overlap."""

    def hit(one: tuple[Any, ...], others: set[tuple[Any, ...]]) -> bool:
        return any(
            (one[0], one[1], one[4], one[5]) == (o[0], o[1], o[4], o[5]) and (set(one[2]) & set(o[2]) or one[2] == o[2]) for o in others
        )

    precision = sum(hit(one, wanted) for one in found) / len(found) if found else 0.0
    recall = sum(hit(one, found) for one in wanted) / len(wanted) if wanted else 0.0
    return _f1(precision, recall) | {"gold": len(wanted), "predicted": len(found)}


def _clean(gold: Sequence[Item], predicted: Sequence[Item]) -> float | None:
    left = [
        not any(sentence["mentions"] for sentence in other["sentences"])
        for item, other in zip(gold, predicted, strict=True)
        if not any(sentence["mentions"] for sentence in item["sentences"])
    ]
    return sum(left) / len(left) if left else None
