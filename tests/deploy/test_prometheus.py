"""A real Prometheus, with the deployed rules, scrapes the running demo: every panel has data, every rule can be evaluated."""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.dashboard import dashboard

ROOT = Path(__file__).parent.parent.parent
#: Drift is measured from 500 findings on, against a reference; a demo has neither.
PANELS = [panel for panel in dashboard()["panels"] if panel["type"] != "row" and panel["title"] != "Drift of the model"]
#: The demo plays eight months in so many seconds; Prometheus scrapes every second, so that a rate has samples.
PLAY_SECONDS = 20
PATIENCE = 240.0

pytestmark = pytest.mark.timeout(400)


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus."""

    address: str

    def ask(self, path: str, **parameters: str) -> Any:
        """The `data` of an API answer."""
        address = f"{self.address}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]

    def values(self, query: str) -> list[float]:
        """The values of an instant query that are numbers: a quantile of nothing is not."""
        found = [float(one["value"][1]) for one in self.ask("query", query=query)["result"]]
        return [value for value in found if not math.isnan(value)]


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that has scraped the demo from its start to its summary, and goes on."""
    if not shutil.which("prometheus"):
        pytest.skip("prometheus is not installed (apt install prometheus)")
    folder = tmp_path_factory.mktemp("prometheus")
    telemetry, port = free_port(), free_port()
    configuration = folder / "prometheus.yml"
    configuration.write_text(yaml.safe_dump(configured(f"127.0.0.1:{telemetry}")), encoding="utf-8")
    serving = [
        "prometheus",
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    playing = [sys.executable, "-m", "claimwire", "demo", "--seconds", str(PLAY_SECONDS), "--port", "0", "--data", str(folder / "demo")]
    environment = os.environ | {
        "CLAIMWIRE_TELEMETRY_PORT": str(telemetry),
        "CLAIMWIRE_DESK_PORT": "0",
        "BROWSER": "true",
        "PYTHONUNBUFFERED": "1",
    }
    said = folder / "demo.txt"
    with started(serving, folder / "prometheus.txt"), started(playing, said, environment) as demo:
        wait(lambda: "Summary" in said.read_text(encoding="utf-8") or demo.poll() is not None)
        assert demo.poll() is None, said.read_text(encoding="utf-8")
        yield Prometheus(f"http://127.0.0.1:{port}")


def configured(target: str) -> Any:
    """The deployed configuration, with every service at `target` and a scrape a second."""
    configuration = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(ROOT / "deploy/prometheus/rules.yml")]
    for job in configuration["scrape_configs"]:
        for group in job["static_configs"]:
            group["targets"] = [target]
    return configuration


class started:
    """A process that runs while inside, its output in a file."""

    def __init__(self, command: list[str], output: Path, environment: dict[str, str] | None = None) -> None:
        self._command, self._output, self._environment = command, output, environment

    def __enter__(self) -> subprocess.Popen[bytes]:
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=output, stderr=subprocess.STDOUT)
        return self._process

    def __exit__(self, *error: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def wait(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return once the condition holds; fails where it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def free_port() -> int:
    """A port on loopback that was free just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_has_data(prometheus: Prometheus, panel: dict[str, Any]) -> None:
    queries = [query["expr"].replace("$__rate_interval", "5m") for query in panel["targets"]]
    wait(lambda: all(prometheus.values(query) for query in queries), 20)


def test_every_rule_can_be_evaluated_and_no_alarm_fires_in_a_demo(prometheus: Prometheus) -> None:
    rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
    assert rules
    assert {rule["health"] for rule in rules} == {"ok"}
    assert [rule["name"] for rule in rules if rule["state"] == "firing"] == []


def test_every_service_is_scraped(prometheus: Prometheus) -> None:
    assert prometheus.values('sum(up{job="claimwire"})') == [3.0]
