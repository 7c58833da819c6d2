"""A webhook's receiver on a free loopback port. Keeps the requests and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Receiver:
    """Its address and what it got; `answer` is status and headers, and it holds its answers back while `hang` is set."""

    url: str
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: tuple[int, dict[str, str]] = (204, {})
    arrived: threading.Condition = field(default_factory=threading.Condition)
    go_on: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, count: int, seconds: float = 10.0) -> None:
        """Wait until so many requests have come."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.requests) >= count, seconds), f"{len(self.requests)} of {count} came"


@contextmanager
def running(*, hang: bool = False) -> Iterator[Receiver]:
    """A receiver while inside; with `hang` it answers nothing until `go_on` is set."""
    receiver = Receiver("")
    if not hang:
        receiver.go_on.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with receiver.arrived:
                receiver.requests.append((dict(self.headers), body))
                receiver.arrived.notify_all()
            receiver.go_on.wait(30)
            status, headers = receiver.answer
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.go_on.set()
        server.shutdown()
        server.server_close()
