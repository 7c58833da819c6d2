"""Labelled items: reads the text form that a person writes and the JSON Lines form of the gold files. Refuses a wrong label by line.

    @ id | 2021-11-03T09:00:00Z | outlet | scenario | Title
    - A sentence.
    = ft allege RU@ML EU 1000 | EU officials

A sentence of a gathered text is cited, not copied: `- ner.jsonl.gz#4466` (see `classify.train.texts`).
A mention line: topic (ft, es), stance, FORCE@PLACE (codes joined by commas, - for none), speaker's side, count, | speaker's words.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classify.items import Item, ItemError, is_json_lines, open_text, read_json_lines
from classify.train.texts import Texts
from wire.messages import BODIES, SIDES, STANCES

#: Where the gathered texts are, seen from the project's root.
TEXTS = Path("../shared/data")
CITED = re.compile(r"[\w.]+\.jsonl\.gz#\S+")
TOPICS = {"ft": "foreign_troops", "es": "escalation"}
MENTION = re.compile(r"= *(\w+) +(\w+) +([^@\s]+)@(\S+) +(\S+) +(\S+) *\| *(.*?) *$")
CODE = re.compile(rf"[A-Z]{{2}}|{'|'.join(BODIES)}")
SIDE = re.compile(rf"{CODE.pattern}|{'|'.join(SIDES)}")


def read_items(path: Path, texts: Path = TEXTS) -> Iterator[Item]:
    """The items of a text file (.txt) or of JSON Lines in gold form (.jsonl, .jsonl.gz), in order; ItemError at the first that is none.

    `texts` is the folder of what a text file cites.
    """
    for item in read_json_lines(path) if is_json_lines(path) else _read_written(path, Texts(texts)):
        if isinstance(item, ItemError):
            raise item
        yield item


def _read_written(path: Path, texts: Texts) -> Iterator[Item]:
    item: Item | None = None
    with open_text(path) as lines:
        for number, line in enumerate(lines, 1):
            where = f"{path}:{number}"
            if line.startswith("@"):
                if item:
                    yield item
                item = _heading(line, where)
            elif line.startswith("- ") and item:
                words = line[2:].strip()
                item["sentences"].append({"text": texts.sentence(words) if CITED.fullmatch(words) else words, "mentions": []})
            elif line.startswith("=") and item and item["sentences"]:
                sentence = item["sentences"][-1]
                sentence["mentions"].append(_mention(line, sentence["text"], where))
            elif line.strip():
                raise ItemError(f"{where}: neither item, sentence nor mention: {line.strip()[:60]}")
    if item:
        yield item


def _heading(line: str, where: str) -> Item:
    parts = [part.strip() for part in line[1:].split("|", 4)]
    if len(parts) != 5:
        raise ItemError(f"{where}: an item line has five parts: id | date | outlet | scenario | title")
    return {**dict(zip(("id", "date", "outlet", "scenario", "title"), parts, strict=True)), "sentences": []}


def _mention(line: str, sentence: str, where: str) -> dict[str, Any]:
    match = MENTION.match(line)
    if not match:
        raise ItemError(f"{where}: not a mention line: {line.strip()}")
    topic, stance, forces, place, side, count, speaker = (None if part in ("-", "") else part for part in match.groups())
    force = sorted(set(forces.split(","))) if forces else []
    wrong = [
        *([f"topic {topic}"] if topic not in TOPICS else []),
        *([f"stance {stance}"] if stance not in STANCES else []),
        *[f"force {code}" for code in force if not CODE.fullmatch(code)],
        *([f"side {side}"] if side and not SIDE.fullmatch(side) else []),
        *([f"count {count}"] if count and not count.isdigit() else []),
        *([f"speaker not in the sentence: {speaker}"] if speaker and speaker.lower() not in sentence.lower() else []),
    ]
    if wrong:
        raise ItemError(f"{where}: {'; '.join(wrong)}")
    return {
        "topic": TOPICS[topic or ""],
        "stance": stance,
        "force": force,
        "place": place,
        "speaker": speaker,
        "speaker_side": side,
        "count": int(count) if count else None,
    }
