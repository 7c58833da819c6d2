"""What exported weights find in some items, kept in their card: what a live service measures its drift against."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from rich.progress import track

from classify.drift import NOTHING, WINDOW, seen
from classify.items import Item, ItemError, read_json_lines
from classify.model import CARD, Model
from classify.sentences import Text, one_line, split
from classify.tag import Tagger


def reference_items(path: Path) -> Iterator[Item]:
    """The items of a JSON Lines file, labelled or not; ItemError at the first that is none."""
    for item in read_json_lines(path):
        if isinstance(item, ItemError):
            raise item
        yield item


def add_reference(folder: Path, items: Iterable[Item]) -> None:
    """Read items with the weights in `folder`, as the service would, until a window is full, and write what was found to the card."""
    tagger, found = Tagger(Model(folder)), NOTHING
    for item in track(items, "reference"):
        (mentions,) = tagger.tag([_text(item)])
        found += seen(mentions)
        if found.findings >= WINDOW:
            break
    card = json.loads((folder / CARD).read_text("utf-8")) | {"reference": found.card()}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def _text(item: Item) -> Text:
    sentences = [sentence["text"] for sentence in item["sentences"]] if "sentences" in item else split(item["text"]).sentences
    return Text(one_line(item["title"]), [one_line(sentence) for sentence in sentences])
