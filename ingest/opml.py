"""Feed lists as OPML, in and out. Pure: works on bytes.

Refuses what is no OPML and documents with a DTD; passes over outlines without an http(s) address.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.parsers import expat


class OpmlError(ValueError):
    """Bytes that are no OPML; says why."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One feed as a list names it; `folder` is a path such as `Defence/Ministries`."""

    address: str
    title: str = ""
    folder: str = ""
    site: str = ""


def read(document: bytes) -> list[Listing]:
    """The feeds that an OPML document lists, each address once, in order; OpmlError where it is none."""
    if re.search(rb"<!(DOCTYPE|ENTITY)", document):
        raise OpmlError("has a DTD, which no feed list needs")
    try:
        root = ElementTree.fromstring(document)
    except (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError) as error:
        raise OpmlError(f"is no XML: {error}") from None
    body = root.find("body")
    if root.tag.lower() != "opml" or body is None:
        raise OpmlError(f"is no OPML: its root is <{root.tag}>")
    found: dict[str, Listing] = {}
    pending = [(outline, "") for outline in reversed(body)]
    while pending:
        outline, folder = pending.pop()
        title = (outline.get("title") or outline.get("text") or "").strip()
        address = (outline.get("xmlUrl") or "").strip()
        if is_web(address):
            named = "" if title == address else title  # OPML wants a text; ours is the address where a feed has no name
            found.setdefault(address, Listing(address, named, folder, (outline.get("htmlUrl") or "").strip()))
        inside = f"{folder}/{title}".strip("/")
        pending.extend((child, inside) for child in reversed(outline))
    return list(found.values())


def write(listings: Iterable[Listing], title: str = "Claimwire feeds") -> bytes:
    """These feeds as an OPML 2.0 document, one outline a folder."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = title
    body = ElementTree.SubElement(root, "body")
    folders: dict[str, ElementTree.Element] = {"": body}
    for listing in listings:
        parent = _folder(folders, listing.folder)
        named = {"type": "rss", "text": listing.title or listing.address, "title": listing.title, "xmlUrl": listing.address}
        ElementTree.SubElement(parent, "outline", named | ({"htmlUrl": listing.site} if listing.site else {}))
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def is_web(address: str) -> bool:
    """Whether this is an absolute http or https address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _folder(folders: dict[str, ElementTree.Element], path: str) -> ElementTree.Element:
    if path not in folders:
        above, _, name = path.rpartition("/")
        folders[path] = ElementTree.SubElement(_folder(folders, above), "outline", {"text": name, "title": name})
    return folders[path]
