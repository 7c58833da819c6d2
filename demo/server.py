"""The world's HTTP server: feeds with ETag, Last-Modified, 304 and 301, article pages, the OPML of it all.

Shows nothing that is dated after the played clock. Writes no access log.
"""

import hashlib
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from demo import feeds, pages
from demo.clock import PlayedClock
from demo.stories import Outlet, Story, WorldError
from demo.world import World


@dataclass(frozen=True)
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def answer(world: World, clock: PlayedClock, base: str, path: str, headers: dict[str, str]) -> Reply:
    """What the world answers to GET `path`; header names in lower case."""
    at = clock.played
    if path == "/":
        return _page(pages.index(list(world.outlets.values()), at))
    if path == "/feeds.opml":
        return Reply(200, feeds.opml(world.outlets.values(), base), {"Content-Type": "text/x-opml; charset=utf-8"})
    outlet = world.outlets.get(path.split("/")[1])
    if outlet is None:
        return _missing()
    if path == f"/{outlet.key}/":
        return _page(pages.front(outlet, world.shown(outlet, at), base))
    has_moved = outlet.moved is not None and at.date() >= outlet.moved
    if path == outlet.first_feed and has_moved:
        return Reply(301, headers={"Location": f"{base}/{outlet.key}/{outlet.feed}"})
    if path in (outlet.first_feed, f"/{outlet.key}/{outlet.feed}"):
        return _feed(outlet, world.shown(outlet, at), base, headers)
    story = world.page(path, at)
    if story is None:
        return _missing()
    teasers = [other for other in world.shown(outlet, at) if other is not story][:4]
    return _page(pages.article(outlet, story, teasers, base))


def _feed(outlet: Outlet, stories: list[Story], base: str, asked: dict[str, str]) -> Reply:
    body = feeds.document(outlet, stories, base)
    headers: dict[str, str] = {}
    if outlet.answers in ("etag", "both"):
        headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if outlet.answers in ("last-modified", "both") and stories:
        headers["Last-Modified"] = format_datetime(stories[0].published, usegmt=True)
    if _unchanged(headers, asked):
        return Reply(304, headers=headers)
    return Reply(200, body, {"Content-Type": f"{feeds.CONTENT_TYPES[outlet.form]}; charset={outlet.encoding}"} | headers)


def _unchanged(headers: dict[str, str], asked: dict[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-None-Match decides alone where it was sent."""
    if "if-none-match" in asked:
        return headers.get("ETag") in [tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")]
    if "if-modified-since" not in asked or "Last-Modified" not in headers:
        return False
    try:
        return parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(asked["if-modified-since"])
    except (ValueError, TypeError):  # a date that is none, or one without a zone
        return False


def _page(body: bytes) -> Reply:
    return Reply(200, body, {"Content-Type": "text/html; charset=utf-8"})


def _missing() -> Reply:
    return Reply(404, b"Not found\n", {"Content-Type": "text/plain; charset=utf-8"})


class Served:
    """A running server: its address, which feeds were read since the world's last story was out, and when one was asked for last."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.read_at_the_end: set[str] = set()
        self.last_asked = -math.inf  # time.monotonic()

    def is_read(self, within: float) -> bool:
        """Whether somebody asked for a feed in the last `within` seconds."""
        return time.monotonic() - self.last_asked < within


@contextmanager
def serve(world: World, host: str, port: int, clock: PlayedClock, hold: Callable[[str], None] = lambda path: None) -> Iterator[Served]:
    """Serve the world until the block is left; port 0 takes a free one. WorldError where the port cannot be had.

    `hold` is called with a request's path before it is answered, and may hold it up.
    """
    feed_paths = {path: key for key, outlet in world.outlets.items() for path in (outlet.first_feed, f"/{key}/{outlet.feed}")}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30
        wbufsize = -1  # head and body in one packet: in two, each answer waits 40 ms for the client's delayed ACK

        def do_GET(self) -> None:
            hold(self.path)
            ended = clock.ended
            asked = {name.lower(): value for name, value in self.headers.items()}
            reply = answer(world, clock, served.address, self.path, asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            if self.path in feed_paths:
                served.last_asked = time.monotonic()
            if ended and self.path in feed_paths and reply.status in (200, 304):
                served.read_at_the_end.add(feed_paths[self.path])

        def log_message(self, format: str, *args: object) -> None:
            pass

    try:
        server = _Server((host, port), Handler)
    except OSError as error:
        raise WorldError(f"the demo's server cannot have {host}:{port}: {error.strerror}; --port takes another, 0 any free one") from None
    served = Served(f"http://{host}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="demo-world", daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a client's kept-alive connection must not hold up the end
    request_queue_size = socket.SOMAXCONN

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up in mid-answer is no news."""
