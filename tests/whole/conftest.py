"""Runs commands through the command line itself, in this process: exit code, output, errors."""

import logging
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import claimwire as command_line
from tests.whole.processes import clean_environment

#: Exit code, standard output, standard error.
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The settings that commands read, to be changed by the test; log and database in a folder of its own, any free port."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.environ", environment := clean_environment())
    environment |= {"CLAIMWIRE_DESK_PORT": "0", "CLAIMWIRE_TELEMETRY_PORT": "0"}
    root = logging.getLogger()
    logs, handlers = (root.handlers[:], root.level), {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield environment
    root.handlers[:], root.level = logs
    for number, handler in handlers.items():  # a service's command takes them; Ctrl-C has to end the tests again
        signal.signal(number, handler)


@pytest.fixture
def claimwire(settings: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            code = command_line.main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return code, *capsys.readouterr()

    return run
