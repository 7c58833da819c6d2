"""Outlets and stories as demo/world keeps them: plain text in, objects out, every mistake named with its file and line.

Refuses a story without outlet, date or text, an id used twice, and a reprint of a story that is not there yet.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

Form = Literal["rss", "atom", "rdf", "json"]
FOLDER = Path(__file__).parent / "world"


class WorldError(ValueError):
    """A mistake in the world's text; names the file, the line and what would be right."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """One publisher and the habits of its server."""

    key: str
    name: str
    about: str
    feed: str = field(metadata={"help": "path of its feed under /<key>/"})
    form: Form = "rss"
    full: bool = False  # the feed carries whole articles
    html: bool = False  # the feed's summaries are HTML, with the usual footer
    page: Literal["paper", "blog", "office"] = "paper"
    answers: Literal["etag", "last-modified", "both", "nothing"] = "both"  # how its server answers a conditional GET
    guid: Literal["permalink", "opaque", "none"] = "permalink"
    zone: str = "+00:00"
    language: str = "en"
    encoding: str = "utf-8"
    broken: bool = False  # its feed is not well-formed XML
    old_feed: str = ""  # the feed's first path, answered with 301 from `moved` on
    moved: date | None = None

    @property
    def first_feed(self) -> str:
        """The path that a subscriber of October 2024 knows."""
        return f"/{self.key}/{self.old_feed or self.feed}"


@dataclass(frozen=True, slots=True)
class Story:
    """One article of the world, as one outlet prints it."""

    id: str
    outlet: str
    published: datetime
    title: str
    paragraphs: tuple[str, ...]
    author: str = ""
    reprint_of: str = ""

    @property
    def path(self) -> str:
        """Its address on the world's server."""
        return f"/{self.outlet}/{self.published:%Y/%m/%d}/{self.id}.html"

    @property
    def summary(self) -> str:
        """What a feed shows of it."""
        return self.paragraphs[0]


def read_outlets(text: str) -> dict[str, Outlet]:
    """The outlets of an outlets.toml, by key."""
    try:
        return {key: Outlet(key=key, **fields) for key, fields in tomllib.loads(text).items()}
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise WorldError(f"outlets.toml: {error}") from None


HEADER = re.compile(r"@ (?P<id>\S+) \| (?P<published>\d{4}-\d\d-\d\d \d\d:\d\d) \| (?P<outlet>\S+) \| (?P<title>\S.*)")
FIELD = re.compile(r"(?P<name>by|reprint-of|keep): (?P<value>\S.*)")


def read_stories(text: str, name: str, known: Mapping[str, Story]) -> Iterator[Story]:
    """The stories of one file in its order; `known` holds those of earlier files, for reprints."""
    here: dict[str, Story] = {}
    for line, block in _blocks(text, name):
        try:
            story = _story(block, {**known, **here})
        except ValueError as error:
            raise WorldError(f"{name}:{line}: {error}") from None
        here[story.id] = story
        yield story


def _blocks(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Each story's lines, from its `@` line on, with that line's number."""
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("@ ")]
    if any(line.strip() and not line.startswith("#") for line in lines[: starts[0] if starts else None]):
        raise WorldError(f"{name}:1: should begin with a line `@ id | 2024-10-18 06:40 | outlet | title`")
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield start + 1, lines[start:end]


def _story(block: list[str], known: Mapping[str, Story]) -> Story:
    header = HEADER.fullmatch(block[0].strip())
    if header is None:
        raise ValueError("should be `@ id | 2024-10-18 06:40 | outlet | title`")
    fields: dict[str, str] = {}
    rest = block[1:]
    while rest and (match := FIELD.fullmatch(rest[0].strip())):
        fields[match["name"]] = match["value"]
        rest = rest[1:]
    own = tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", "\n".join(rest)) if part.strip())
    source = fields.get("reprint-of", "")
    if header["id"] in known:
        raise ValueError(f"the id {header['id']} is used already")
    if source and source not in known:
        raise ValueError(f"reprints {source}, which no earlier story is called")
    paragraphs = _reprinted(known[source].paragraphs, own, int(fields.get("keep", 0))) if source else own
    if not paragraphs:
        raise ValueError("has no text")
    return Story(
        id=header["id"],
        outlet=header["outlet"],
        published=datetime.strptime(header["published"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC),
        title=header["title"],
        paragraphs=paragraphs,
        author=fields.get("by", ""),
        reprint_of=source,
    )


def _reprinted(original: tuple[str, ...], own: tuple[str, ...], keep: int) -> tuple[str, ...]:
    """A reprint's own paragraphs stand for as many of the original's first ones; `keep` cuts the end, as desks do."""
    return (*own, *original[len(own) :])[: keep or None]
