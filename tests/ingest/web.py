"""A real HTTP server on loopback whose answers a test sets while it runs. Keeps what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.ingest import samples


@dataclass
class Reply:
    """What the server answers; `etag` makes it answer 304 to a request that names it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    gate: threading.Event | None = None  # answered only once this is set


Raw = Callable[[BaseHTTPRequestHandler], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up in mid-answer is no news, and nothing to print into a test's output."""


class Web:
    """The server: `web["/feed"] = Reply(...)`, or a function that writes to the connection as it likes."""

    def __init__(self, port: int = 0) -> None:
        self.replies: dict[str, Reply | Raw] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), self._handler())
        self.port = self._server.server_port

    def __setitem__(self, path: str, reply: Reply | Raw) -> None:
        self.replies[path] = reply

    def url(self, path: str) -> str:
        """The address of a path on this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    def feed(self, path: str, *items: samples.Item, etag: str = "") -> None:
        """Publish an RSS feed whose items link to this server."""
        self[path] = Reply(samples.rss(*items, base=self.url("")), headers={"Content-Type": "application/rss+xml"}, etag=etag)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for asked, _ in self.asked)

    def start(self) -> None:
        """Serve in a thread."""
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """End, and the answers that are still under way with it."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(web) -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
                reply = web.replies.get(self.path, Reply(b"nothing here", 404))
                try:
                    if isinstance(reply, Reply):
                        self._answer(reply)
                    else:
                        self.close_connection = True
                        reply(self)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the client had enough, as it should

            def _answer(self, reply: Reply) -> None:
                if reply.gate is not None:
                    reply.gate.wait(30)
                unchanged = bool(reply.etag) and self.headers.get("If-None-Match") == reply.etag
                body = b"" if unchanged else reply.body
                self.send_response(304 if unchanged else reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.etag:
                    self.send_header("ETag", reply.etag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


@contextmanager
def serving() -> Iterator[Web]:
    """A server for the time of a test."""
    web = Web()
    web.start()
    try:
        yield web
    finally:
        web.stop()
