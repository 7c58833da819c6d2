"""Sentences of gathered texts that may be read but not copied, by the name under which labels cite them.

`ner.jsonl.gz#4466` is a row of tokens, put together again; `conflict_news.jsonl.gz#wce006281.0` the first sentence of an item.
"""

import gzip
import json
import re
from functools import cache
from pathlib import Path

from classify.items import ItemError
from classify.sentences import split

#: Where the space between two tokens goes away: before a mark that closes, after one that opens, before a clitic.
TOKEN_SPACES = (
    (re.compile(r" ([.,;:!?%)\]])"), r"\1"),
    (re.compile(r"([(\[$]) "), r"\1"),
    (re.compile(r" ('s|n't|'re|'ve|'ll|'d|'m)\b"), r"\1"),
    (re.compile(r'" ([^"]*?) "'), r'"\1"'),
)


class Texts:
    """The files of one folder, each read when it is first cited."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sentence(self, cited: str) -> str:
        """The sentence cited as FILE#KEY; ItemError where there is none."""
        name, _, key = cited.partition("#")
        try:
            return _sentences(self.folder / name)[key]
        except FileNotFoundError:
            raise ItemError(
                f"{self.folder / name}: not there, and {cited} is labelled: name the folder of the texts with --texts"
            ) from None
        except KeyError:
            raise ItemError(f"{self.folder / name}: has no {key}") from None


@cache
def _sentences(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for number, row in enumerate(map(json.loads, lines)):
            if "tokens" in row:
                found[str(number)] = joined(row["tokens"])
            else:
                found.update((f"{row['id']}.{place}", sentence) for place, sentence in enumerate(split(row["text"]).sentences))
    return found


def joined(tokens: list[str]) -> str:
    """Tokens as the sentence that they were."""
    text = " ".join(tokens)
    for pattern, instead in TOKEN_SPACES:
        text = pattern.sub(instead, text)
    return text
