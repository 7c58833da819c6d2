"""Fetches one document over HTTP: conditional, with one deadline, a size cap, and every redirect judged.

Refuses other schemes than http and https, a step from https to http, long or endless redirects, and what `guard` refuses.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from ingest.guard import Refused, guarded_transport
from ingest.inflate import ACCEPT, BadEncoding, Inflater, TooLarge
from ingest.opml import is_web
from ingest.schedule import retry_after
from ingest.settings import IngestSettings
from wire.messages import utc_now

FEED_TYPES = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"
MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
CONNECT_SECONDS = 10.0


class FetchError(Exception):
    """No document was to be had; `outcome` is one of metrics.FETCH_OUTCOMES, `retry_after` seconds that the server asked for."""

    def __init__(self, outcome: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Answer:
    """A document as it came; `body` is None after a 304. `moved_to` is set where every step of the way was a permanent redirect."""

    url: str
    body: bytes | None
    charset: str
    etag: str = ""
    modified: str = ""
    max_age: float = 0.0
    moved_to: str = ""


class Fetcher:
    """One HTTP client for feeds and pages, with a limit on requests to one host. Use inside one event loop."""

    def __init__(self, settings: IngestSettings, own: Iterable[tuple[str, int]] = ()) -> None:
        agent = f"Mozilla/5.0 (compatible; Claimwire/0.1{f'; +{settings.contact}' if settings.contact else ''})"
        self._client = httpx.AsyncClient(
            transport=guarded_transport(settings.private_networks, own),
            trust_env=False,
            headers={"User-Agent": agent, "Accept-Encoding": ACCEPT, "Accept-Language": "en, *;q=0.5"},
            timeout=httpx.Timeout(None, connect=CONNECT_SECONDS),  # the rest is bounded by the one deadline
        )
        self._deadline = settings.fetch_timeout.total_seconds()
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(settings.host_limit))

    async def get(self, url: str, *, cap: int, accept: str, etag: str = "", modified: str = "") -> Answer:
        """The document at `url`, or at where it redirects to; FetchError where there is none."""
        known = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {"Accept": accept} | {name: value for name, value in known.items() if value}
        async with self._hosts[urlsplit(url).netloc]:
            try:
                async with asyncio.timeout(self._deadline):
                    return await self._follow(url, headers, cap)
            except TimeoutError:
                raise FetchError("timeout", f"{url}: took longer than {self._deadline:g} s") from None

    async def _follow(self, url: str, headers: dict[str, str], cap: int) -> Answer:
        permanent, address = True, url
        for _ in range(MOST_REDIRECTS + 1):
            async with self._opened(address, headers) as response:
                if response.status_code not in REDIRECTS:
                    moved = address if permanent and address != url else ""
                    return await self._take(response, address, cap, moved, conditional=len(headers) > 1)
                permanent = permanent and response.status_code in (301, 308)
                address = self._next(address, response.headers.get("Location", ""))
        raise FetchError("refused", f"{url}: more than {MOST_REDIRECTS} redirects")

    @staticmethod
    def _next(address: str, location: str) -> str:
        target = urljoin(address, location)
        if not location or not is_web(target):
            raise FetchError("refused", f"{address}: redirects to {location or 'nowhere'!r}")
        if address.startswith("https:") and target.startswith("http:"):
            raise FetchError("refused", f"{address}: redirects from https to http")
        return target

    def _opened(self, address: str, headers: dict[str, str]) -> "_Opened":
        return _Opened(self._client, address, headers)

    async def _take(self, response: httpx.Response, address: str, cap: int, moved: str, conditional: bool) -> Answer:
        head = response.headers
        charset, etag, modified = charset_of(head.get("Content-Type", "")), head.get("ETag", ""), head.get("Last-Modified", "")
        if response.status_code == 304 and conditional:
            return Answer(address, None, charset, etag, modified, max_age_of(head.get("Cache-Control", "")), moved)
        if response.status_code != 200:
            outcome = "gone" if response.status_code == 410 else "http_error"
            wait = retry_after(head.get("Retry-After", ""), utc_now()) if response.status_code in (429, 503) else None
            raise FetchError(outcome, f"{address}: answers {response.status_code} {response.reason_phrase}".rstrip(), wait)
        try:
            inflater = Inflater(head.get("Content-Encoding", ""), cap)
            async for data in response.aiter_raw():
                inflater.feed(data)
        except TooLarge as error:
            raise FetchError("too_large", f"{address}: {error}") from None
        except BadEncoding as error:
            raise FetchError("unreadable", f"{address}: {error}") from None
        return Answer(address, inflater.body(), charset, etag, modified, max_age_of(head.get("Cache-Control", "")), moved)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()


class _Opened:
    """A response whose body is not read yet; closing it drops what was not read. Its errors are FetchErrors."""

    def __init__(self, client: httpx.AsyncClient, address: str, headers: dict[str, str]) -> None:
        self._client, self._address, self._headers = client, address, headers
        self._response: httpx.Response | None = None

    async def __aenter__(self) -> httpx.Response:
        try:
            self._response = await self._send()
        except (httpx.HTTPError, httpx.InvalidURL, Refused, UnicodeError) as error:
            raise _failed(self._address, error) from None
        return self._response

    async def _send(self) -> httpx.Response:
        request = self._client.build_request("GET", self._address, headers=self._headers)
        try:
            return await self._client.send(request, stream=True)
        except httpx.RemoteProtocolError:
            # The server closed a kept connection just as we used it again: once more, on a fresh one.
            return await self._client.send(request, stream=True)

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._response is not None:
            await self._response.aclose()
        if isinstance(error, httpx.HTTPError):
            raise _failed(self._address, error) from None


def _failed(address: str, error: Exception) -> FetchError:
    if isinstance(error, Refused | httpx.InvalidURL | UnicodeError | httpx.UnsupportedProtocol):
        return FetchError("refused", f"{address}: {error}")
    if isinstance(error, httpx.TimeoutException):
        return FetchError("timeout", f"{address}: no connection within {CONNECT_SECONDS:g} s")
    return FetchError("unreachable", f"{address}: {error or type(error).__name__}")


def charset_of(content_type: str) -> str:
    """The charset that a Content-Type header names, or nothing."""
    message = Message()
    message["Content-Type"] = content_type
    try:
        return message.get_content_charset("") or ""
    except (LookupError, ValueError):
        return ""


def max_age_of(cache_control: str) -> float:
    """Seconds that a Cache-Control header allows the answer to be kept; 0 where it says nothing."""
    found = re.search(r"max-age\s*=\s*\"?(\d{1,9})", cache_control, re.IGNORECASE)
    return float(found[1]) if found else 0.0
