"""What an operator can tell `ingest`. Read once in `app`; nothing else reads the environment."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from wire.settings import Shared, at_least_one, duration, path, setting, switch, text


def optional_path(value: str) -> Path | None:
    """A path, or None where nothing is given."""
    return path(value) if value else None


@dataclass(frozen=True)
class IngestSettings:
    """Settings of the ingest service."""

    shared: Shared = field(default_factory=Shared)
    feeds: Path | None = setting(
        "CLAIMWIRE_FEEDS", "", optional_path, "OPML file whose feeds are kept in step with the feed list at every start."
    )
    poll_min: timedelta = setting(
        "CLAIMWIRE_POLL_MIN", "60s", duration, "Shortest time between two polls of a feed; used while it brings news."
    )
    poll_max: timedelta = setting("CLAIMWIRE_POLL_MAX", "5m", duration, "Longest time between two polls of a feed that is well but quiet.")
    horizon: timedelta = setting(
        "CLAIMWIRE_HORIZON", "48h", duration, "Articles published longer ago than this are stale: seen, not alerted."
    )
    polls: int = setting("CLAIMWIRE_POLLS", "16", at_least_one, "Feeds polled at one time.")
    pages: int = setting("CLAIMWIRE_PAGES", "16", at_least_one, "Article pages fetched at one time.")
    host_limit: int = setting("CLAIMWIRE_HOST_LIMIT", "4", at_least_one, "Requests to one host (and port) at one time.")
    full_text: bool = setting("CLAIMWIRE_FULL_TEXT", "yes", switch, "Fetch the article's page where the feed carries only a summary.")
    feed_bytes: int = setting("CLAIMWIRE_FEED_BYTES", "8000000", at_least_one, "Largest feed document, in bytes after decompression.")
    page_bytes: int = setting("CLAIMWIRE_PAGE_BYTES", "4000000", at_least_one, "Largest article page, in bytes after decompression.")
    fetch_timeout: timedelta = setting("CLAIMWIRE_FETCH_TIMEOUT", "20s", duration, "Time for one fetch, redirects and body included.")
    parsers: int = setting("CLAIMWIRE_PARSERS", "2", at_least_one, "Child processes that read feed documents and pages.")
    parse_timeout: timedelta = setting(
        "CLAIMWIRE_PARSE_TIMEOUT", "10s", duration, "A document that takes longer to read is given up, its child killed."
    )
    move_after: timedelta = setting(
        "CLAIMWIRE_MOVE_AFTER", "24h", duration, "A permanent redirect has to hold this long to rewrite a feed's address."
    )
    private_networks: bool = setting(
        "CLAIMWIRE_PRIVATE_NETWORKS", "no", switch, "Whether feeds and pages may lie in private networks or on this machine."
    )
    contact: str = setting("CLAIMWIRE_CONTACT", "", text, "Address or page that the User-Agent names, so that an outlet can reach you.")
