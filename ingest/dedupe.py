"""What makes two sightings one article: ids and marks that outlive edits, tracking links and changed guids. Pure.

An article's id comes from its canonical address, or from its guid where the link names no page of its own. Beside the id it leaves
marks; an entry that shows any known mark has been seen. Titles and dates may be edited, links re-slugged, guids changed: one at a time.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ingest.document import Entry
from wire.messages import derived_id

#: Query parameters that say where a reader came from, never which page is meant.
TRACKING = re.compile(
    r"(utm_|at_|ns_|mc_|oly_|vero_|_hs|pk_|mtm_|piwik_|stm_)\w*"
    r"|(fb|g|y|d|ms)clk?id|[gw]braid|igshid|ocid|cmp|cmpid|s_cid|ftcamp|smid|emc|partner|ito|ref_src|ref_url|rss"
    r"|xtor|maca|mkt_tok|traffic_(source|medium|campaign)|feed_?(type|name)|spm|cn-track",
    re.IGNORECASE,
)
#: Values that mark a link as the feed's own (`?source=rss`, `?mod=rss_world`), whatever the parameter's name.
FROM_FEED = re.compile(r"(rss|feed)([_.:-].*)?", re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}
#: A link under this many different titles of one document is a listing, no article's page.
LISTING_TITLES = 3


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry with its article id and all its marks (the id is the first). `url` is empty where it has no page of its own."""

    entry: Entry
    id: str
    marks: tuple[str, ...]
    url: str


def canonical(url: str) -> str:
    """The address without tracking, fragment and default port, its host in lower case; as it came where it cannot be read."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url.strip()
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKING.fullmatch(name) and not FROM_FEED.fullmatch(value)
    ]
    if ":" in host:
        host = f"[{host}]"
    where = host if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{port}"
    # `#!/story/5` is an old single-page site's address; any other fragment is a place on the page.
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    return urlunsplit((parts.scheme, where, parts.path or "/", urlencode(query), fragment))


def identity(url: str) -> str:
    """What is the same for all spellings of one page: no scheme, no `www.`, no last slash, parameters in order."""
    parts = urlsplit(canonical(url))
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}?{query}#{parts.fragment}"


def article_id(url: str) -> str:
    """The id of the article at this address."""
    return derived_id("article", identity(url))


def identify(entries: Iterable[Entry], feed: str, site: str = "") -> list[Sighting]:
    """A sighting for each entry that can be told from others, in order. `feed` scopes guids; `site` is the outlet's front page."""
    entries = list(entries)
    listings = _listings(entries) | ({identity(site)} if site else set())
    found = (_sight(entry, feed, listings) for entry in entries)
    return [sighting for sighting in found if sighting is not None]


def _listings(entries: list[Entry]) -> set[str]:
    titles = defaultdict(set)
    for entry in entries:
        if entry.link:
            titles[identity(entry.link)].add(entry.title)
    return {link for link, named in titles.items() if len(named) >= LISTING_TITLES}


def _is_front(link: str) -> bool:
    parts = urlsplit(canonical(link))
    return parts.path == "/" and not parts.query and not parts.fragment


def _sight(entry: Entry, feed: str, listings: set[str]) -> Sighting | None:
    own_page = bool(entry.link) and identity(entry.link) not in listings and not _is_front(entry.link)
    published = entry.published.isoformat() if entry.published else ""
    marks = []
    if own_page:
        marks.append(article_id(entry.link))
    elif entry.guid:
        marks.append(derived_id("guid", feed, entry.guid, entry.title))
    elif entry.title or entry.text:
        marks.append(derived_id("title", feed, entry.title or entry.text))
    else:
        return None
    # A guid alone is no mark: some feeds number their items 1, 2, 3 anew each day. With the same title or date it is.
    handle = entry.guid if entry.guid and identity(entry.guid) != identity(entry.link) else ""
    if handle and entry.title:
        marks.append(derived_id("guid", feed, handle, entry.title))
    if handle and published:
        marks.append(derived_id("guid and date", feed, handle, published))
    if not handle and entry.title and published:
        marks.append(derived_id("title and date", feed, entry.title, published))
    return Sighting(entry, marks[0], tuple(dict.fromkeys(marks)), canonical(entry.link) if own_page else "")
