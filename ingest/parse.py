"""A feed document to entries: RSS 0.9 to 2.0, RDF, Atom, JSON Feed. Pure.

Refuses what is no feed. Run it on strangers' documents through `workers` only: some make feedparser slow, and a child can be killed.
"""

import io
import re
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

import feedparser

from ingest import dates, jsonfeed, plain
from ingest.charset import decode
from ingest.document import Document, Entry, NotAFeed
from ingest.opml import is_web

#: Entries read of one document. Feeds carry 10 to 100; an archive of more is history.
MOST_ENTRIES = 1000
#: A content element of at least this many characters is the article; below, it is a teaser. A short agency report has about 1,000.
FULL_CHARS = 900
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse(body: bytes, address: str, http_charset: str = "") -> Document:
    """The entries of a feed document fetched from `address`; NotAFeed where it is none."""
    decoded = decode(body, http_charset)
    text = plain.UNSEEN.sub("", decoded.text)
    if not text.strip():
        raise NotAFeed("an empty document")
    notes = [f"character set is {decoded.encoding}, not what it declares"] if decoded.recoded else []
    start = text.lstrip()[:1000].lower()
    if start.startswith("{"):
        return _from_json(text, address, decoded.recoded, notes)
    if start.startswith(("<!doctype html", "<html")):
        raise NotAFeed("an HTML page")
    return _from_xml(text, address, decoded.recoded, notes)


def _from_json(text: str, address: str, recoded: bool, notes: list[str]) -> Document:
    try:
        feed = jsonfeed.read(text)
    except ValueError as error:
        raise NotAFeed(f"JSON, but {error}") from None
    entries = [
        Entry(item.id, _link(address, item.url), plain.title(item.title), item_text, len(item_text) >= FULL_CHARS, item.published)
        for item in feed.items[:MOST_ENTRIES]
        for item_text in [plain.from_html(item.html) if item.html else plain.paragraphs(item.text)]
    ]
    cut = max(len(feed.items) - MOST_ENTRIES, 0)
    return Document(plain.title(feed.title), _link(address, feed.site), feed.language, entries, cut, recoded, notes)


def _from_xml(text: str, address: str, recoded: bool, notes: list[str]) -> Document:
    # A feed needs no DTD: with it go entity bombs and external entities. The declared encoding goes too, the text is decoded already.
    source = DOCTYPE.sub("", DECLARATION.sub("", text, count=1), count=1)
    read: Any = feedparser.parse(
        io.BytesIO(b'<?xml version="1.0" encoding="utf-8"?>' + source.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": address},
        sanitize_html=False,  # quadratic in `<!--`; nh3 does it in `plain`
        resolve_relative_uris=False,
    )
    if not read.get("version") and not read.entries:
        raise NotAFeed(_what(source, read))
    if read.bozo and not isinstance(read.bozo_exception, feedparser.CharacterEncodingOverride):
        notes.append(f"broken XML: {read.bozo_exception}")
    feed = read.feed
    base = address if is_web(address) else str(feed.get("link") or "")
    entries = [_entry(item, base) for item in read.entries[:MOST_ENTRIES]]
    cut = max(len(read.entries) - MOST_ENTRIES, 0)
    return Document(
        plain.title(feed.get("title", "")),
        _link(base, feed.get("link", "")),
        str(feed.get("language") or ""),
        entries,
        cut,
        recoded,
        notes,
    )


def _entry(item: Any, address: str) -> Entry:
    content = max((part.get("value") or "" for part in item.get("content", [])), key=len, default="")
    summary = item.get("summary") or ""
    text = plain.from_html(max(content, summary, key=len))
    guid = str(item.get("id") or "").strip()
    # FeedBurner's own links count clicks and die; it names the article's address beside them.
    link = _link(address, item.get("feedburner_origlink") or item.get("link") or "") or (guid if is_web(guid) else "")
    return Entry(guid, link, plain.title(item.get("title") or ""), text, bool(content) and len(text) >= FULL_CHARS, _date(item))


def _date(item: Any) -> datetime | None:
    for name in ("published", "updated", "created"):
        # dict.get, because feedparser's own answers a missing date of one kind with the other, and warns.
        source = str(dict.get(item, name) or "")
        found = dates.from_struct(dict.get(item, f"{name}_parsed"), source) or dates.from_foreign(source)
        if found is not None:
            return found
    return None


def _link(address: str, link: str) -> str:
    try:
        target = urljoin(address, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return target if is_web(target) else ""


def _what(source: str, read: Any) -> str:
    root = re.search(r"<\s*([A-Za-z][\w:.-]{0,40})", source)
    if root is None:
        return "neither XML nor JSON"
    cause = f": {read.bozo_exception}" if read.bozo else ""
    return f"XML, but no feed: its root is <{root[1]}>{cause}"
