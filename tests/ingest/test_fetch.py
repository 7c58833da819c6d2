"""Fetching from servers that mean harm or are broken: bounded in time and size, refused in words (docs/ingest.md, hazards 1 to 11)."""

import asyncio
import dataclasses
import gzip
import time
import zlib
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from ingest.fetch import FEED_TYPES, Answer, Fetcher, FetchError, charset_of, max_age_of
from ingest.settings import IngestSettings
from tests.ingest.web import Reply, Web

CAP = 1_000_000


def get(settings: IngestSettings, url: str, **more: str) -> Answer:
    """Fetch once with a fresh client."""

    async def once() -> Answer:
        async with Fetcher(settings) as fetcher:
            return await fetcher.get(url, cap=CAP, accept=FEED_TYPES, **more)

    return asyncio.run(once())


def refusal(settings: IngestSettings, url: str) -> FetchError:
    """The error that fetching this ends with."""
    with pytest.raises(FetchError) as caught:
        get(settings, url)
    return caught.value


@pytest.fixture
def quick(settings: IngestSettings) -> IngestSettings:
    """Settings with a deadline of one second."""
    return dataclasses.replace(settings, fetch_timeout=timedelta(seconds=1))


def test_a_document_with_what_it_says_of_itself(web: Web, settings: IngestSettings) -> None:
    headers = {"Content-Type": "text/xml; charset=Windows-1251", "Last-Modified": "yesterday", "Cache-Control": "public, max-age=300"}
    web["/feed"] = Reply(b"<rss/>", headers=headers, etag='"e"')
    assert get(settings, web.url("/feed")) == Answer(web.url("/feed"), b"<rss/>", "windows-1251", '"e"', "yesterday", 300.0)
    assert "Claimwire" in web.asked[0][1]["user-agent"]


def test_the_contact_is_in_the_user_agent(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(b"<rss/>")
    get(dataclasses.replace(settings, contact="https://desk.example/bot"), web.url("/feed"))
    assert "+https://desk.example/bot" in web.asked[0][1]["user-agent"]


def test_304_round_trip(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(b"<rss/>", etag='"e"')
    answer = get(settings, web.url("/feed"), etag='"e"', modified="yesterday")
    assert answer.body is None
    assert web.asked[0][1]["if-modified-since"] == "yesterday"


def test_304_to_an_unconditional_request_is_an_error(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(b"", 304)
    assert refusal(settings, web.url("/feed")).outcome == "http_error"


@pytest.mark.parametrize(("status", "outcome"), [(404, "http_error"), (500, "http_error"), (410, "gone"), (204, "http_error")])
def test_a_status_is_named(web: Web, settings: IngestSettings, status: int, outcome: str) -> None:
    web["/feed"] = Reply(b"", status)
    error = refusal(settings, web.url("/feed"))
    assert error.outcome == outcome
    assert str(status) in str(error)


@pytest.mark.parametrize(("value", "seconds"), [("120", 120.0), ("0", 0.0), ("nonsense", None)])
def test_429_carries_retry_after(web: Web, settings: IngestSettings, value: str, seconds: float | None) -> None:
    web["/feed"] = Reply(b"", 429, {"Retry-After": value})
    assert refusal(settings, web.url("/feed")).retry_after == seconds


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "identity"])
def test_encodings(web: Web, settings: IngestSettings, encoding: str) -> None:
    text = b"<rss>" + bytes(range(256)) * 2000 + b"</rss>"
    raw = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    bodies = {
        "gzip": gzip.compress(text),
        "deflate": zlib.compress(text),
        "raw deflate": raw.compress(text) + raw.flush(),
        "identity": text,
    }
    web["/feed"] = Reply(bodies[encoding], headers={"Content-Encoding": encoding.split()[-1]})
    assert get(settings, web.url("/feed")).body == text


def test_a_gzip_bomb_stops_at_the_cap(web: Web, settings: IngestSettings) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(500)) + bomb.flush()  # 500 MB in 0.5 MB
    web["/feed"] = Reply(packed, headers={"Content-Encoding": "gzip"})
    began = time.monotonic()
    assert refusal(settings, web.url("/feed")).outcome == "too_large"
    assert time.monotonic() - began < 3


def test_many_empty_gzip_members_are_refused(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(gzip.compress(b"") * 40_000, headers={"Content-Encoding": "gzip"})
    assert "gzip members" in str(refusal(settings, web.url("/feed")))


def test_a_few_gzip_members_are_one_body(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(gzip.compress(b"<rss>") + gzip.compress(b"</rss>") + b"\0" * 8, headers={"Content-Encoding": "gzip"})
    assert get(settings, web.url("/feed")).body == b"<rss></rss>"


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_an_encoding_that_was_not_asked_for_is_refused(web: Web, settings: IngestSettings, encoding: str) -> None:
    web["/feed"] = Reply(b"whatever", headers={"Content-Encoding": encoding})
    assert refusal(settings, web.url("/feed")).outcome == "unreadable"


def test_a_bomb_on_a_redirect_is_not_inflated(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(gzip.compress(bytes(50_000_000)), 302, {"Location": "/good", "Content-Encoding": "gzip"})
    web["/good"] = Reply(b"<rss/>")
    assert get(settings, web.url("/feed")).body == b"<rss/>"


def test_an_endless_body_stops_at_the_cap(web: Web, settings: IngestSettings) -> None:
    def pour(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not web.closing.is_set():
            request.wfile.write(b"10000\r\n" + bytes(0x10000) + b"\r\n")

    web["/feed"] = pour
    assert refusal(settings, web.url("/feed")).outcome == "too_large"


def test_a_slow_drip_ends_at_the_deadline(web: Web, quick: IngestSettings) -> None:
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not web.closing.wait(0.1):
            request.wfile.write(b"x")

    web["/feed"] = drip
    assert refusal(quick, web.url("/feed")).outcome == "timeout"


def test_unending_headers_end(web: Web, quick: IngestSettings) -> None:
    def babble(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not web.closing.is_set():
            request.wfile.write(b"X-More: " + b"x" * 1000 + b"\r\n")

    web["/feed"] = babble
    assert refusal(quick, web.url("/feed")).outcome in ("unreachable", "timeout")


def test_a_server_that_hangs_up(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = lambda request: None
    assert refusal(settings, web.url("/feed")).outcome == "unreachable"
    assert refusal(settings, "http://127.0.0.1:1/feed").outcome == "unreachable"
    assert refusal(settings, "http://no-such-host.invalid/feed").outcome == "unreachable"


def test_a_redirect_loop_is_refused(web: Web, settings: IngestSettings) -> None:
    web["/feed"] = Reply(b"", 302, {"Location": "/feed"})
    assert refusal(settings, web.url("/feed")).outcome == "refused"
    assert web.count("/feed") == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/feed", "gopher://127.0.0.1/", "javascript:alert(1)", "http://"]
)
def test_a_redirect_to_another_scheme_is_refused(web: Web, settings: IngestSettings, target: str) -> None:
    web["/feed"] = Reply(b"", 301, {"Location": target})
    assert refusal(settings, web.url("/feed")).outcome == "refused"


def test_only_permanent_redirects_all_the_way_count_as_a_move(web: Web, settings: IngestSettings) -> None:
    web["/new"] = Reply(b"<rss/>")
    web["/feed"] = Reply(b"", 308, {"Location": "/between"})
    web["/between"] = Reply(b"", 301, {"Location": "/new"})
    assert get(settings, web.url("/feed")).moved_to == web.url("/new")
    web["/between"] = Reply(b"", 302, {"Location": "/new"})
    assert get(settings, web.url("/feed")).moved_to == ""


def test_from_https_to_http_is_refused() -> None:
    with pytest.raises(FetchError, match="from https to http"):
        Fetcher._next("https://example.org/feed", "http://example.org/feed")


def test_one_host_is_asked_only_so_often_at_one_time(web: Web, settings: IngestSettings) -> None:
    running, most = 0, 0

    def slow(request: BaseHTTPRequestHandler) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.05)
        running -= 1
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    web["/feed"] = slow

    async def many() -> None:
        async with Fetcher(dataclasses.replace(settings, host_limit=2)) as fetcher:
            await asyncio.gather(*(fetcher.get(web.url("/feed"), cap=CAP, accept="*/*") for _ in range(12)))

    asyncio.run(many())
    assert most == 2


@pytest.mark.parametrize(
    ("header", "charset"), [("text/xml; charset=utf-8", "utf-8"), ("text/xml", ""), ("", ""), ("text/xml; charset", "")]
)
def test_charset_of(header: str, charset: str) -> None:
    assert charset_of(header) == charset


@pytest.mark.parametrize(("header", "seconds"), [("max-age=60", 60.0), ("no-store", 0.0), ("public, Max-Age = 5", 5.0)])
def test_max_age_of(header: str, seconds: float) -> None:
    assert max_age_of(header) == seconds
