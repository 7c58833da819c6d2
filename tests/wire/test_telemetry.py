"""What a process tells of itself: over HTTP, and in its log lines."""

import json
import logging
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from wire.settings import SettingError, Shared
from wire.telemetry import Health, JsonLines, reporting, serve


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_metrics_over_http() -> None:
    now = [0.0]
    missing: list[str | None] = ["is being loaded"]
    health = Health(lambda: now[0])
    beat = health.loop("classify loop", within=30)
    health.check("model", lambda: missing[0])
    server = serve(health, "127.0.0.1", 0)
    port = server.server_port
    try:
        assert get(port, "/healthz") == (200, '{"problems": {}}\n')
        assert get(port, "/readyz") == (503, '{"problems": {"model": "is being loaded"}}\n')
        missing[0] = None
        assert get(port, "/readyz")[0] == 200
        now[0] = 42
        assert get(port, "/healthz") == (503, '{"problems": {"classify loop": "stuck: 12 s late"}}\n')
        assert get(port, "/readyz")[0] == 503
        beat()
        assert get(port, "/healthz")[0] == 200
        status, text = get(port, "/metrics?from=prometheus")
        assert status == 200
        assert "# HELP python_info" in text
        assert get(port, "/") == (404, "/metrics, /healthz, /readyz\n")
    finally:
        server.shutdown()
        server.server_close()


def test_a_check_that_raises_is_what_is_missing() -> None:
    health = Health()

    def check() -> str | None:
        raise ConnectionError("no route")

    health.check("database", check)
    assert health.missing() == {"database": "ConnectionError: no route"}


def test_a_service_alone_serves_itself_and_in_company_does_not() -> None:
    port = free_port()
    with reporting(Shared(telemetry_port=port)) as health:
        assert get(port, "/healthz")[0] == 200
        other = free_port()
        with reporting(Shared(telemetry_port=other), health) as same:
            assert same is health
            with pytest.raises(urllib.error.URLError):
                get(other, "/healthz")
    with pytest.raises(urllib.error.URLError):
        get(port, "/healthz")


def test_no_server_where_none_is_wanted() -> None:
    with reporting(Shared(telemetry_port=None)) as health:
        assert health.stuck() == {}


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingError, match=rf"CLAIMWIRE_TELEMETRY_PORT={port}: .* in use on 127\.0\.0\.1: give each process"):
            serve(Health(), "127.0.0.1", port)


def test_json_lines_are_one_object_each() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        record = logging.LogRecord("wire.x", logging.ERROR, __file__, 1, "two\nlines %s", ("Ж",), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("error", "wire.x", "two\nlines Ж")
    assert said["error"].endswith("ValueError: why")


@pytest.mark.parametrize("log_format", ["plain", "json"])
def test_only_the_projects_lines_below_warning(log_format: str) -> None:
    script = (
        f"import logging; from wire.telemetry import set_up_logging; set_up_logging({log_format!r})\n"
        "logging.getLogger('wire.x').info('ours'); logging.getLogger('other').info('theirs'); logging.getLogger('other').warning('loud')"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stderr.splitlines()
    assert len(said) == 2
    assert "ours" in said[0]
    assert "loud" in said[1]


def free_port() -> int:
    """A TCP port that was free just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
