"""What is read of a feed document and of a page: the nouns that pass between the children that read and the service. Pure."""

import re
from dataclasses import dataclass, field
from datetime import datetime

#: Words that tell two texts apart; short ones are in every text.
WORD = re.compile(r"\w{4,}")


class NotAFeed(ValueError):
    """The document is no feed that can be read; says what it is instead."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its feed gives it. `published` is None where it gives no date to go by; `full`: `text` is the whole article."""

    guid: str
    link: str
    title: str
    text: str
    full: bool
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Document:
    """A feed document that could be read; `notes` says in words what was wrong with it all the same."""

    title: str
    site: str
    language: str
    entries: list[Entry]
    cut: int = 0  # entries beyond MOST_ENTRIES
    recoded: bool = False
    notes: list[str] = field(default_factory=list)


class NoArticle(ValueError):
    """The page holds no article that can be read."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the pipeline reads of a page; `text` has one paragraph a line."""

    title: str
    text: str
    language: str | None
    published: datetime | None


def belongs(page: Page, headline: str) -> bool:
    """Whether the page is the article of this headline: a consent wall or a "not found" served as 200 has none of its words."""
    words = set(WORD.findall(headline.lower()))
    there = set(WORD.findall(f"{page.title}\n{page.text}".lower()))
    return len(words & there) * 3 >= len(words)
