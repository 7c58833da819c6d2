"""What exported weights find in the held-out items, kept in their card: what a live service measures its drift against."""

import json
from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path

from rich.progress import track

from classify.drift import NOTHING, seen
from classify.items import Item
from classify.model import CARD, Model
from classify.sentences import Text, clean
from classify.tag import Tagger


def add_reference(folder: Path, items: Sequence[Item]) -> None:
    """Read these items with the weights in `folder`, as the service would, and write what they find to the card."""
    tagger = Tagger(Model(folder))
    texts = [Text(clean(item["title"]), [clean(sentence["text"]) for sentence in item["sentences"]]) for item in items]
    found = reduce(add, (seen(tagger.tag([text])[0]) for text in track(texts, "reference")), NOTHING)
    card = json.loads((folder / CARD).read_text("utf-8")) | {"reference": found.card()}
    (folder / CARD).write_text(json.dumps(card, indent=1) + "\n", "utf-8")
