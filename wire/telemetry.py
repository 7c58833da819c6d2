"""What a process tells of itself: log lines on stderr, /metrics, /healthz and /readyz over HTTP.

A service started alone serves them itself; in the all-in-one process they are served once. Listens on 127.0.0.1 unless told otherwise.
"""

import json
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from wire.messages import utc_now
from wire.settings import SettingError, Shared

#: Says what is missing, or None where nothing is.
Check = Callable[[], str | None]


class Health:
    """Heartbeats of loops and checks of readiness, each under its name. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._loops: dict[str, tuple[float, float]] = {}  # name: last beat, seconds allowed
        self._checks: dict[str, Check] = {}

    def loop(self, name: str, within: float) -> Callable[[], None]:
        """Register a loop; it is alive while it calls what this returns at least every `within` seconds."""

        def beat() -> None:
            self._loops[name] = (self._clock(), within)

        beat()
        return beat

    def check(self, name: str, check: Check) -> None:
        """Register a check of readiness; it is called in the server's thread at every /readyz, so it has to be quick."""
        self._checks[name] = check

    def ready(self, *names: str) -> bool:
        """Whether these checks are registered and nothing is missing."""
        return set(names) <= self._checks.keys() and not self.missing()

    def stuck(self) -> dict[str, str]:
        """The loops that are late, each with how late."""
        now = self._clock()
        ages = {name: now - beat - within for name, (beat, within) in list(self._loops.items())}
        return {name: f"stuck: {late:.0f} s late" for name, late in ages.items() if late > 0}

    def missing(self) -> dict[str, str]:
        """The checks that fail, each with what is missing."""
        return {name: problem for name, check in list(self._checks.items()) if (problem := _ask(check))}


def _ask(check: Check) -> str | None:
    try:
        return check()
    except Exception as error:  # whatever a check raises is what is missing
        return f"{type(error).__name__}: {error}"


@contextmanager
def reporting(shared: Shared, health: Health | None = None) -> Iterator[Health]:
    """The process's health, and its HTTP server while inside; given a `health`, it is served elsewhere and no server starts.

    A service begins with `with reporting(settings.shared, health) as health:` and so runs alone or in the all-in-one.
    """
    if health is not None:
        yield health
        return
    health = Health()
    with serving(shared, health):
        yield health


@contextmanager
def serving(shared: Shared, health: Health) -> Iterator[None]:
    """Serve this health and the metrics while inside, where the settings give a port."""
    if shared.telemetry_port is None:
        yield
        return
    server = serve(health, shared.telemetry_host, shared.telemetry_port)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def serve(health: Health, host: str, port: int) -> ThreadingHTTPServer:
    """Serve in a thread of its own, at port 0 on any free port; SettingError where the address cannot be had."""
    try:
        server = ThreadingHTTPServer((host, port), _handler(health))
    except OSError as error:
        raise SettingError(
            f"CLAIMWIRE_TELEMETRY_PORT={port}: {error.strerror} on {host}: give each process a port of its own, or none"
        ) from None
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="telemetry", daemon=True).start()
    logging.getLogger(__name__).info("metrics and health at http://%s:%d/metrics", host, server.server_port)
    return server


def _handler(health: Health) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
            elif path == "/healthz":
                self._say(health.stuck())
            elif path == "/readyz":
                self._say(health.stuck() | health.missing())
            else:
                self._answer(404, "text/plain", b"/metrics, /healthz, /readyz\n")

        def _say(self, problems: dict[str, str]) -> None:
            self._answer(503 if problems else 200, "application/json", json.dumps({"problems": problems}).encode() + b"\n")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Probes come every few seconds; they are not worth a line."""

    return Handler


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message and, where there is one, the error's traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": utc_now().isoformat(), "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_logging(log_format: str, level: int = logging.INFO) -> None:
    """Send the program's log lines to stderr, `plain` or `json`; other libraries' only from warnings up."""
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonLines() if log_format == "json" else plain)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # each retry is an error to it; what comes of them wire.kafka_cluster says
    for package in ("wire", "ingest", "classify", "alerts", "demo", "claimwire"):
        logging.getLogger(package).setLevel(level)
