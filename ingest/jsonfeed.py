"""JSON Feed 1 and 1.1 (jsonfeed.org), which feedparser reads only in part. Pure. Refuses JSON that is no feed."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.dates import from_iso


@dataclass(frozen=True, slots=True)
class Item:
    """One item; either `html` or `text` holds what it says."""

    id: str
    url: str
    title: str
    html: str
    text: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """A JSON Feed's own fields and its items."""

    title: str
    site: str
    language: str
    items: list[Item]


def read(document: str) -> JsonFeed:
    """The feed in this JSON; ValueError where it is none. Items that are no objects are passed over."""
    try:
        feed = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"broken: {error}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ValueError("no feed: it has no list of items")
    if "jsonfeed.org" not in _text(feed, "version"):
        raise ValueError("no feed: its version is not jsonfeed.org's")
    items = [_item(item) for item in feed["items"] if isinstance(item, dict)]
    return JsonFeed(_text(feed, "title"), _text(feed, "home_page_url"), _text(feed, "language"), items)


def _item(item: dict[str, Any]) -> Item:
    guid = item.get("id", "")
    return Item(
        id=str(guid) if isinstance(guid, str | int | float) else "",
        url=_text(item, "url") or _text(item, "external_url"),
        title=_text(item, "title"),
        html=_text(item, "content_html"),
        text=_text(item, "content_text") or _text(item, "summary"),
        published=from_iso(_text(item, "date_published")) or from_iso(_text(item, "date_modified")),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
