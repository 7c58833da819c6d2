"""What exported weights find in some items, kept in their card: what a live service measures its drift against."""

import json
from collections.abc import Iterable
from pathlib import Path

from rich.progress import track

from classify.drift import NOTHING, WINDOW, seen
from classify.items import Item, text_of
from classify.model import CARD, Model
from classify.tag import Tagger


def add_reference(folder: Path, items: Iterable[Item]) -> None:
    """Read items with the weights in `folder`, as the service would, until a window is full, and write what was found to the card."""
    tagger, found = Tagger(Model(folder)), NOTHING
    for item in track(items, "reference"):
        (mentions,) = tagger.tag([text_of(item)[1]])
        found += seen(mentions)
        if found.findings >= WINDOW:
            break
    card = json.loads((folder / CARD).read_text("utf-8")) | {"reference": found.card()}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
