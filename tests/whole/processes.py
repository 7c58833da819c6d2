"""Claimwire as a person runs it: processes of their own, their output in files, their metrics read over HTTP."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]
#: Seconds that anything may take here. Conditions end the waiting; this only ends a test that hangs on a busy machine.
PATIENCE = 240.0


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting of Claimwire's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CLAIMWIRE_")}


class Process:
    """`claimwire ARGUMENTS` with these settings, its working folder `folder`; killed on leaving where it still runs."""

    def __init__(self, folder: Path, settings: dict[str, str], *arguments: str) -> None:
        self.name = " ".join(("claimwire", *arguments))
        self._output = folder / f"{arguments[0]}-{time.monotonic_ns()}.txt"
        environment = clean_environment() | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"} | settings
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "claimwire", *arguments], cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def output(self) -> str:
        """What it has written so far, standard error included."""
        return self._output.read_text(encoding="utf-8")

    @property
    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """Ask it to end, as a supervisor does; its exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> int:
        """Its exit code, once it has ended by itself."""
        return self._process.wait(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.kill()


def wait_until(condition: Callable[[], bool], what: str, *processes: Process) -> None:
    """Return once the condition holds; an AssertionError with a process's last words where one ends before, or it never holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        for one in processes:
            assert one.code is None, f"{one.name} ended with {one.code} before {what}:\n{one.output[-3000:]}"
        words = "\n".join(f"{one.name}:\n{one.output[-3000:]}" for one in processes)
        assert time.monotonic() < deadline, f"never happened: {what}\n{words}"
        time.sleep(0.05)


def total(port: int, metric: str, **labels: str) -> float:
    """The sum of a process's samples of this metric that carry these labels; 0 where it does not serve its metrics yet."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            text = answer.read().decode()
    except OSError:
        return 0.0
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return sum(sample.value for sample in samples if sample.name == metric and labels.items() <= sample.labels.items())
