"""Shows explanations: for a person, words coloured by weight and listed with signs; for a program, as data. Computes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from textwrap import shorten
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from classify.explain import Candidate, Explanation, Kind, Stages
from classify.items import Item
from classify.occlusion import Weight
from classify.report import COLOURS

#: From this weight on (log-odds) a word is shown, and shown stronger; less is often only the 8-bit network's rounding.
STRENGTHS = (0.2, 0.8, 2.0)
FOR = ("green", "bold green", "bold black on green")
AGAINST = ("red", "bold red", "bold white on red")
WORDS_SHOWN = 6
AROUND_SHOWN = 3
NAMES_SHOWN = 3
#: A sign stands for so much weight, and no word gets more signs than these.
A_SIGN = 0.4
SIGNS = 10
INDENT = 4
AROUND_WIDTH = 40  # characters of a sentence around: enough to know it again


def data(item: Item, given: Sequence[str], explanations: Sequence[Explanation], model: str) -> Item:
    """The item in gold form with everything that explains it; `read` is the sentence as it was read, in which words have their places."""
    sentences = [
        {
            "text": text,
            "read": one.sentence,
            "index": one.index,
            "stages": _rounded(one.stages),
            "mentions": [_kind(kind) for kind in one.found],
            "nearest": None if one.nearest is None else _kind(one.nearest),
        }
        for text, one in zip(given, explanations, strict=True)
    ]
    return {**{key: value for key, value in item.items() if key not in ("text", "sentences")}, "model": model, "sentences": sentences}


def _kind(kind: Kind) -> dict[str, Any]:
    return kind.mention.gold() | {
        "threshold": round(kind.threshold, 4),
        "others": [_rounded(other) for other in kind.others],
        "slots": {role: [_rounded(one) for one in found] for role, found in kind.slots.items()},
        "words": [{key: value for key, value in _rounded(word).items() if key != "index"} for word in kind.words],
        "around": [{key: value for key, value in _rounded(one).items() if key not in ("start", "end")} for one in kind.around],
    }


def _rounded(one: Any) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(one).items()}


def print_explanations(console: Console, name: str, explanations: Sequence[Explanation], model: str) -> None:
    """Every sentence: what was found in it and why; where nothing was, what came nearest and how far it was from its threshold."""
    colours = coloured(console)
    console.print(Text.assemble((name, "bold"), (f"  read by {model}", "dim")))
    if colours:
        console.print(_legend())
    if not explanations:
        console.print(Text("no sentence to read", "dim"))
    for weighed, group in groupby(explanations, key=_is_weighed):
        run = list(group)
        for part in [_sentence(one, colours) for one in run] if weighed else [_far(run)]:
            console.print()
            console.print(part)


def _is_weighed(one: Explanation) -> bool:
    return one.nearest is None or bool(one.nearest.words)


def coloured(console: Console) -> bool:
    """Whether words can be coloured: on a terminal that has colours, and where NO_COLOR does not ask for none."""
    return console.is_terminal and console.color_system is not None and not console.no_color


def _legend() -> Text:
    words = zip(("words", "for", "it,", "words", "against", "it"), (*FOR, *AGAINST), strict=True)
    return Text.assemble(("the more it weighs, the stronger: ", "dim"), *((f"{word} ", style) for word, style in words))


def _far(run: Sequence[Explanation]) -> RenderableType:
    """Sentences in which nothing was found by far: a line each."""
    rows = Table.grid(padding=(0, 1), expand=True)
    rows.add_column(width=INDENT, justify="right", style="dim")
    rows.add_column(ratio=1, no_wrap=True, overflow="ellipsis", style="dim")
    for _ in range(3):
        rows.add_column(no_wrap=True, style="dim")
    for one in run:
        if one.nearest:
            mention, threshold = one.nearest.mention, one.nearest.threshold
            passed = "" if one.stages.passed else "not read, "
            score = f"{passed}{mention.score:.2f} of {threshold:.2f}"
            rows.add_row(str(one.index), Text(one.sentence), score, mention.stance, mention.topic.replace("_", " "))
    return rows


def _sentence(one: Explanation, colours: bool) -> RenderableType:
    """A sentence with its kinds and their reasons; in colours once for each of them, since each has its own weights."""
    row = Table.grid(padding=(0, 1))
    row.add_column(width=INDENT, justify="right", style="bold")
    row.add_column()
    kinds = one.found or tuple(filter(None, (one.nearest,)))
    parts: list[RenderableType] = []
    for place, kind in enumerate(kinds):
        if colours or not place:
            parts.append(_words_coloured(one.sentence, kind.words if colours else ()))
        parts.append(Padding(_reasons(one, kind), (0, 0, 0 if kind is kinds[-1] else 1, 2)))
    row.add_row(str(one.index), Group(*parts))
    return row


def _words_coloured(sentence: str, words: Sequence[Weight]) -> Text:
    text = Text(sentence)
    for word in words:
        if (strength := sum(abs(word.weight) >= least for least in STRENGTHS)) > 0:
            text.stylize((FOR if word.weight > 0 else AGAINST)[strength - 1], word.start or 0, word.end)
    return text


def _reasons(one: Explanation, kind: Kind) -> RenderableType:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column()
    rows.add_row("found" if one.found else "missed", _claim(kind))
    rows.add_row("score", _score(kind))
    rows.add_row(
        "nearly" if one.found else "others", Text(", ".join(f"{o.stance} {o.score:.2f} of {o.threshold:.2f}" for o in kind.others[:3]))
    )
    for role, found in kind.slots.items():
        rows.add_row(role, _candidates(found))
    rows.add_row("stages", _stages(one.stages))
    for label, weights in _ranked(kind):
        rows.add_row(label, _weights(weights))
    return rows


def _claim(kind: Kind) -> Text:
    mention = kind.mention
    count = f" {mention.count:,}" if mention.count is not None else ""
    return Text.assemble(
        (mention.stance, COLOURS[mention.stance]),
        f" {mention.topic.replace('_', ' ')} {'+'.join(mention.force) or '-'}@{mention.place or '-'}{count} by ",
        f"{mention.speaker or 'the article'} ({mention.speaker_side or '-'})",
    )


def _score(kind: Kind) -> Text:
    distance = kind.mention.score - kind.threshold
    side = "over" if distance >= 0 else "short of"
    return Text.assemble((f"{kind.mention.score:.2f}", "bold"), f", {abs(distance):.2f} {side} its threshold of {kind.threshold:.2f}")


def _stages(stages: Stages) -> Text:
    """The way through the stages; a sentence that the gate kept back says so, and what the reader would have given it."""
    if stages.passed:
        return Text(f"gate {stages.gate:+.1f}, reader {stages.reader:.2f}")
    return Text.assemble((f"gate {stages.gate:+.1f}: not read", "bold red"), f"; the reader would have given {stages.reader:.2f}")


def _candidates(found: Sequence[Candidate]) -> Text:
    """Likeliest first, the chosen in bold, each with the words that point to it."""
    text = Text()
    for place, one in enumerate(found[:4]):
        names = ", ".join(one.names[:NAMES_SHOWN]) + (", ..." if len(one.names) > NAMES_SHOWN else "")
        text.append("; " if place else "")
        text.append(f"{'none' if one.code == '-' else one.code} {one.probability:.2f}", "bold" if one.chosen else "")
        text.append(f" ({names})" if names else "", "dim")
    return text if found else Text("none")


def _ranked(kind: Kind) -> Iterator[tuple[str, list[Weight]]]:
    """What weighed most for, against, and around, each heaviest first; what weighs next to nothing is left out."""
    shown = [one for one in sorted(kind.words, key=lambda one: -abs(one.weight)) if abs(one.weight) >= STRENGTHS[0]]
    yield "for", [one for one in shown if one.weight > 0][:WORDS_SHOWN]
    yield "against", [one for one in shown if one.weight < 0][:WORDS_SHOWN]
    if not kind.around:
        return
    around = [one for one in sorted(kind.around, key=lambda one: -abs(one.weight)) if abs(one.weight) >= STRENGTHS[0]]
    yield "around", around[:AROUND_SHOWN]


def _weights(weights: Sequence[Weight]) -> RenderableType:
    """Words, or titles and sentences around, with signs by weight and what the score is without them."""
    if not weights:
        return Text("nothing of weight", "dim")
    rows = Table.grid(padding=(0, 2))
    for _ in range(3):
        rows.add_column(no_wrap=True)
    for one in weights:
        signs = ("+" if one.weight > 0 else "-") * max(1, min(SIGNS, round(abs(one.weight) / A_SIGN)))
        rows.add_row(_named(one), Text(signs, (FOR if one.weight > 0 else AGAINST)[1]), Text(f"{one.without:.2f} without", "dim"))
    return rows


def _named(one: Weight) -> Text:
    if one.index is None:
        return Text(one.text)
    where = "title" if one.index < 0 else str(one.index)
    return Text.assemble((where, "bold"), " ", shorten(one.text, AROUND_WIDTH, placeholder=" ..."))
