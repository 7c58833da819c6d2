"""`claimwire compare`: which alerts a candidate model would add, drop or change, on the same items through the whole path.

Says what is different, not who is right: that is for a person who reads the evidence, or for `claimwire evaluate`.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from classify.model import Model
from classify.settings import ClassifySettings
from classify.tag import Tagger
from whole.replay import Batch, alerts_of, fresh_stages, read_items
from wire.settings import read

Line = dict[str, Any]  # an alert, as `claimwire replay` writes it

#: What makes two alerts one and the same matter: the storyline, the claim, and whose position it is.
MATTER = ("scenario", "topic", "force", "place", "side")
#: What a desk is told of it.
TOLD = ("stance", "reason", "evidence")
COLOURS = {"added": "green", "dropped": "red", "changed": "yellow"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One alert as the old model raises it and as the new one does; None where it does not."""

    old: Line | None
    new: Line | None

    @property
    def change(self) -> str:
        """`added`, `dropped`, `changed` or `same`."""
        if not self.old or not self.new:
            return "added" if self.new else "dropped"
        return "changed" if self.fields() else "same"

    def fields(self) -> list[str]:
        """What the two say differently, where both models raise it."""
        return [name for name in TOLD if self.old and self.new and self.old[name] != self.new[name]]

    @property
    def line(self) -> Line:
        """The alert, as the new model raises it if it does."""
        return self.new or self.old or {}


def compare(old: Path, new: Path, path: Path, *, as_json: bool = False) -> int:
    """Print how the alerts on the items in `path` differ between two models; the exit code, 1 where a line was refused."""
    threads = read(ClassifySettings, os.environ).threads
    taggers = [Tagger(Model(folder, threads)) for folder in (old, new)]  # both first: a wrong folder should be told at once
    outcomes: Counter[str] = Counter()
    batch = read_items(path, outcomes)
    before, after = (_alerts(batch, tagger) for tagger in taggers)
    found = differences(before, after)
    report = {
        "old": taggers[0].model.name,
        "new": taggers[1].model.name,
        "items": len(batch),
        "alerts": {"old": len(before), "new": len(after)},
        "counts": {change: sum(one.change == change for one in found) for change in ("added", "dropped", "changed", "same")},
    }
    told = [one for one in found if one.change != "same"]
    if as_json:
        rows = [{"change": one.change, "fields": one.fields(), "old": one.old, "new": one.new} for one in told]
        print(json.dumps(report | {"differences": rows}, indent=1, ensure_ascii=False))
    else:
        _print(Console(highlight=False), report, told)
    return 1 if outcomes["refused"] else 0


def _alerts(batch: Batch, tagger: Tagger) -> list[Line]:
    outcomes: Counter[str] = Counter()
    with fresh_stages(tagger) as stages:
        alerts = list(alerts_of(batch, stages, outcomes, f"reading with {tagger.model.name}"))
    print(f"{tagger.model.name}: {', '.join(f'{count:,} {outcome}' for outcome, count in sorted(outcomes.items()))}", file=sys.stderr)
    return alerts


def differences(old: Sequence[Line], new: Sequence[Line]) -> list[Difference]:
    """The two models' alerts side by side, by date. Of several on one matter those go together that are most alike."""
    waiting: dict[tuple[str, ...], list[Line]] = {}
    for line in new:
        waiting.setdefault(_matter(line), []).append(line)
    partners: dict[int, Line] = {}
    for alike in (_told, lambda line: line["stance"], lambda line: None):  # the same words, the same stance, whatever is left
        for place, line in enumerate(old):
            if place not in partners and (partner := _taken(waiting.get(_matter(line), []), line, alike)):
                partners[place] = partner
    found = [Difference(line, partners.get(place)) for place, line in enumerate(old)]
    found += [Difference(None, line) for lines in waiting.values() for line in lines]
    return sorted(found, key=lambda one: (str(one.line["date"]), one.line["item"]))


def _matter(line: Line) -> tuple[str, ...]:
    return tuple(str(line[name]) for name in MATTER)


def _told(line: Line) -> tuple[str, ...]:
    return tuple(str(line[name]) for name in TOLD)


def _taken(lines: list[Line], wanted: Line, alike: Callable[[Line], object]) -> Line | None:
    """The first of these lines that is alike to the wanted one, taken out of them."""
    found = next((line for line in lines if alike(line) == alike(wanted)), None)
    if found:
        lines.remove(found)
    return found


def _print(console: Console, report: Line, told: Sequence[Difference]) -> None:
    table = Table("", "alert", "evidence", show_lines=True)
    for one in told:
        table.add_row(f"[{COLOURS[one.change]}]{one.change}[/]", escape(_alert(one)), escape(_evidence(one)))
    if told:
        console.print(table)
    counts, alerts = report["counts"], report["alerts"]
    console.print(
        f"{report['old']} to {report['new']} on {report['items']:,} items: "
        f"{counts['added']:,} added, {counts['dropped']:,} dropped, {counts['changed']:,} changed, {counts['same']:,} the same "
        f"({alerts['old']:,} alerts before, {alerts['new']:,} after)",
        soft_wrap=True,
    )


def _alert(one: Difference) -> str:
    line = one.line
    claim = f"{line['topic']} {'+'.join(line['force']) or '-'}@{line['place'] or '-'}"
    where = " ".join(str(part) for part in (str(line["date"])[:10], line["scenario"], line["item"]) if part)
    return f"{where}\n{claim}\n{line['side']} {_both(one, 'stance')} ({_both(one, 'reason')})"


def _both(one: Difference, name: str) -> str:
    return f"{one.old[name]} -> {one.new[name]}" if one.old and one.new and one.old[name] != one.new[name] else str(one.line[name])


def _evidence(one: Difference) -> str:
    if one.old and one.new and "evidence" in one.fields():
        return f"was: {one.old['evidence']}\nnow: {one.new['evidence']}"
    return str(one.line["evidence"])
