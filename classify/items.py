"""Items as files hold them: JSON Lines in gold form, with `sentences` or `text`. Refuses a line by its number, reads the rest."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from classify.sentences import Text, one_line, split

Item = dict[str, Any]


class ItemError(ValueError):
    """A line that is no item; names file, line and cause."""


def text_of(item: Item) -> tuple[list[str], Text]:
    """The item's sentences as they are given, or split from its text, and the text to be read."""
    given = [s["text"] for s in item["sentences"]] if "sentences" in item else split(item["text"]).sentences
    return given, Text(one_line(item["title"]), [one_line(sentence) for sentence in given])


def open_text(path: Path) -> TextIO:
    """A text file, or a gzip'd one where its name ends in .gz."""
    return gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")


def is_json_lines(path: Path) -> bool:
    """Whether a file's name says that it holds JSON Lines."""
    return path.name.removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def read_json_lines(path: Path) -> Iterator[Item | ItemError]:
    """A file's items in order; in place of a line that holds none, the error that says why."""
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield item_of(line, f"{path}:{number}")


def item_of(line: str, where: str) -> Item | ItemError:
    """The item in a line of JSON, with a title and either sentences or a text; or what is wrong with it."""
    try:
        item = json.loads(line)
    except json.JSONDecodeError as error:
        return ItemError(f"{where}: not JSON: {error.msg}")
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return ItemError(f"{where}: no `id`")
    sentences = item.get("sentences")
    if sentences is None and isinstance(item.get("text"), str):
        return {"title": "", **item}
    if not isinstance(sentences, list) or not all(isinstance(s, dict) and isinstance(s.get("text"), str) for s in sentences):
        return ItemError(f"{where}: neither `sentences` (a list of objects with `text`) nor `text`")
    return {"title": "", **item}
