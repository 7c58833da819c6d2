"""Prints mentions and figures for a person, in the terminal's colours."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from classify.items import Item

COLOURS = {"confirm": "green", "deny": "red", "allege": "yellow", "no_comment": "magenta", "anticipate": "cyan", "background": "dim"}


def print_mentions(console: Console, item: Item) -> None:
    """Every sentence of this item that holds a mention, with its mentions below it."""
    console.print(f"[bold]{escape(item['title'] or item['id'])}[/]")
    found = [sentence for sentence in item["sentences"] if sentence["mentions"]]
    for sentence in found:
        console.print(f"  {escape(sentence['text'])}")
        for mention in sentence["mentions"]:
            console.print(f"    {_mention(mention)}")
    if not found:
        console.print("  [dim]nothing on foreign troops or escalation[/]")


def _mention(mention: dict[str, Any]) -> str:
    stance = mention["stance"]
    source = f"{mention['speaker'] or 'the article'} ({mention['speaker_side'] or '-'})"
    claim = f"{mention['topic']} {'+'.join(mention['force']) or '-'}@{mention['place'] or '-'}"
    count = f" [bold]{mention['count']:,}[/]" if mention["count"] is not None else ""
    return f"[{COLOURS[stance]}]{stance:10}[/] {claim:24}{count} {escape(source)} [dim]{mention['score']:.2f}[/]"


def print_figures(console: Console, figures: dict[str, Any]) -> None:
    """The figures as a table."""
    table = Table("figure", "precision", "recall", "F1", "gold", "found")
    rows = {f"topic {topic}": figure for topic, figure in figures["topic"].items()}
    rows["mention (topic, stance)"] = figures["mention"]
    rows |= {f"  {stance}": figure for stance, figure in figures["stance"].items() if stance != "macro_f1"}
    rows |= {"alerts, strict": figures["alerts"], "alerts, loose": figures["alerts_loose"]}
    for name, figure in rows.items():
        table.add_row(name, *(f"{figure[key]:.3f}" for key in ("p", "r", "f1")), str(figure["gold"]), str(figure["predicted"]))
    console.print(table)
    console.print(f"stance macro-F1 {figures['stance']['macro_f1']:.3f}")
    console.print("slots right on matched mentions: " + ", ".join(f"{name} {share:.3f}" for name, share in figures["slots"].items()))
    clean = figures["clean_items"]
    console.print(f"items without mentions left clean: {'none in this file' if clean is None else format(clean, '.3f')}")
