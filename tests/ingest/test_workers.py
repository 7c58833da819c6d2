"""The children that read strangers' documents: what hangs is killed, in bounded time, and the next document is read (hazards 12 to 17)."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest

from ingest.document import Document
from ingest.workers import Hung, Unreadable, Workers
from tests.ingest import samples
from tests.ingest.samples import Item

T = TypeVar("T")
GOOD = samples.rss(Item("Troops in Kursk", "/troops"))
SECONDS = 2.0


def rss(inside: bytes, before: bytes = b"") -> bytes:
    """A feed with this inside its one item."""
    return (
        before + b'<rss version="2.0"><channel><title>t</title><item><link>http://a.example/1</link>' + inside + b"</item></channel></rss>"
    )


def laughs() -> bytes:
    """Billion laughs."""
    entities = b"".join(b'<!ENTITY a%d "%s">' % (number + 1, b"&a%d;" % number * 10) for number in range(9))
    return rss(b"<title>&a9;</title>", b'<!DOCTYPE l [<!ENTITY a0 "ha">' + entities + b"]>")


HOSTILE = {
    "12 billion laughs": laughs(),
    "12 quadratic entities": rss(b"<title>" + b"&a;" * 100_000 + b"</title>", b'<!DOCTYPE l [<!ENTITY a "' + b"A" * 100_000 + b'">]>'),
    "14 comments in one CDATA": rss(b"<description><![CDATA[" + b"<!--" * 50_000 + b"]]></description>"),
    "15 an author": rss(b"<author>a@a" + b".a" * 16_000 + b"!</author>"),
    "17 nested elements": rss(b"<description>" + b"<b>" * 20_000 + b"</description>"),
    "17 nested HTML": rss(b"<description><![CDATA[" + b"<div>" * 20_000 + b"text]]></description>"),
    "17 items": b'<rss version="2.0"><channel>' + b"<item><title>x</title></item>" * 20_000 + b"</channel></rss>",
    "17 a 5 MB title": rss(b"<title>" + b"x " * 2_500_000 + b"</title>"),
    "doctypes": b"<!DOCTYPE a[" * 300_000,
    "JSON lists": b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 100_000,
    "open angles": b"<" * 2_000_000,
    "a number": b'{"version":"https://jsonfeed.org/version/1","items":[{"id":' + b"9" * 1_000_000 + b"}]}",
}
PAGES = {
    "nested": b"<html><body>" + b"<div>" * 50_000 + b"text",
    "links": b"<html><body><article>" + b'<a href="x">link</a> text ' * 80_000,
    "paragraphs": b"<html><body><article>" + b"<p>word word " * 100_000,
    "comments": b"<html><body>" + b"<!--" * 500_000,
}


def within(work: Callable[[Workers], Awaitable[T]], seconds: float = SECONDS) -> T:
    """Do this with one child that gets so many seconds for a document."""

    async def whole() -> T:
        async with Workers(1, timedelta(seconds=seconds)) as workers:
            return await work(workers)

    return asyncio.run(whole())


async def read_good(workers: Workers) -> None:
    """Whatever came before, a good document is read."""
    assert (await workers.parse_feed(GOOD, "https://news.example/feed")).entries[0].title == "Troops in Kursk"


def test_hostile_feeds_end_in_time_and_the_next_is_read() -> None:
    async def each(workers: Workers) -> None:
        for name, body in HOSTILE.items():
            began = time.monotonic()
            try:
                document: Document | None = await workers.parse_feed(body, "https://news.example/feed")
            except Unreadable:
                document = None
            assert time.monotonic() - began < 2 * SECONDS + 10, name  # a fresh child may have to start on a busy machine
            assert len(repr(document)) < 1_000_000, name
        await read_good(workers)

    within(each)


def test_hostile_pages_end_in_time_and_the_next_is_read() -> None:
    async def each(workers: Workers) -> None:
        for name, body in PAGES.items():
            began = time.monotonic()
            with contextlib.suppress(Unreadable):
                await workers.read_page(body, "https://news.example/page")
            assert time.monotonic() - began < 2 * SECONDS + 10, name
        page = await workers.read_page(samples.page("Troops in Kursk"), "https://news.example/page")
        assert page.title == "Troops in Kursk"

    within(each)


def test_external_entities_open_and_connect_to_nothing() -> None:
    """13: the children are told of an address that would answer; nobody asks there."""
    from tests.ingest.web import Reply, serving

    with serving() as web:
        web["/x"] = Reply(b"secret")
        for kind in ("<!ENTITY x SYSTEM '{0}'>", "<!ENTITY % x SYSTEM '{0}'> %x;"):
            dtd = f"<!DOCTYPE rss SYSTEM '{web.url('/x')}' [{kind.format(web.url('/x'))}]>"
            document = within(lambda workers, dtd=dtd: workers.parse_feed(rss(b"<title>&x;</title>", dtd.encode()), ""))  # type: ignore[misc]
            assert "secret" not in repr(document)
        assert not web.asked


def test_a_hang_is_named() -> None:
    async def hang(workers: Workers) -> None:
        with pytest.raises(Hung, match="longer than 0.5 s"):
            await workers.parse_feed(HOSTILE["doctypes"], "https://news.example/feed")
        await read_good(workers)

    within(hang, 0.5)


def test_a_child_that_is_killed_is_replaced() -> None:
    async def kill(workers: Workers) -> None:
        for stopped in (signal.SIGKILL, signal.SIGSTOP):
            child = workers._idle.get_nowait()
            assert child is not None
            os.kill(child._process.pid, stopped)
            workers._idle.put_nowait(child)
            with pytest.raises(Hung):
                await workers.parse_feed(GOOD, "https://news.example/feed")
            await read_good(workers)

    within(kill)


def test_a_document_larger_than_memory_allows_ends_only_its_child() -> None:
    """A page of 60 MB becomes a tree of more than the child may have."""

    async def large(workers: Workers) -> None:
        with pytest.raises(Unreadable):
            await workers.read_page(b"<html><body>" + b"<p>a" * 15_000_000, "")
        await read_good(workers)

    within(large, 10)


def test_children_end_with_their_parent() -> None:
    async def pids(workers: Workers) -> int:
        child = workers._idle.get_nowait()
        assert child is not None
        workers._idle.put_nowait(child)
        return child._process.pid

    pid = within(pids)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
