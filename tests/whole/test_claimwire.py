"""The command line: each command explains itself, and what a person can mend is one line with exit code 2."""

import argparse
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

import claimwire as command_line
from tests.servers.postgresql import free_port
from tests.whole.conftest import Command


def commands(parser: argparse.ArgumentParser, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, and every action of one: ("feeds", "add")."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, one in action.choices.items():
                yield (*above, name)
                yield from commands(one, (*above, name))


COMMANDS = sorted(commands(command_line.parser()))


def test_all_commands_are_there() -> None:
    names = {command[0] for command in COMMANDS}
    services = {"run", "ingest", "classify", "alerts"}
    assert names == services | set(
        "demo replay compare doctor tag train export evaluate parse extract feeds subscriptions schema quarantine".split()
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_explains_itself(claimwire: Command, command: tuple[str, ...]) -> None:
    code, output, errors = claimwire(*command, "--help")
    assert (code, errors) == (0, "")
    assert output.startswith(f"usage: claimwire {' '.join(command)}")


def test_the_whole_explains_itself_with_a_line_for_each_command(claimwire: Command) -> None:
    code, output, _ = claimwire("--help")
    told = re.findall(r"^    ([a-z]+)\s+[a-z]", output, re.MULTILINE)
    assert code == 0
    assert {command[0] for command in COMMANDS} == set(told)


@pytest.mark.parametrize("arguments", [(), ("unheard-of",), ("replay",), ("demo", "--seconds", "soon"), ("feeds",)], ids=" ".join)
def test_what_is_asked_wrongly_is_2(claimwire: Command, arguments: tuple[str, ...]) -> None:
    code, output, errors = claimwire(*arguments)
    assert (code, output) == (2, "")
    assert errors.startswith("usage: claimwire")


@pytest.mark.parametrize("command", ["run", "ingest", "classify", "alerts", "doctor"])
@pytest.mark.parametrize(
    ("variable", "value", "right"),
    [("CLAIMWIRE_LOG", "data/log.db", "sqlite:///path/to/file"), ("CLAIMWIRE_LOG_FORMAT", "xml", "plain, json")],
)
def test_a_setting_that_every_command_reads(
    claimwire: Command, settings: dict[str, str], command: str, variable: str, value: str, right: str
) -> None:
    settings[variable] = value
    said = refused(claimwire, command)
    assert f"{variable}={value!r}" in said
    assert right in said


@pytest.mark.parametrize(
    ("command", "variable", "value"),
    [
        ("run", "CLAIMWIRE_HORIZON", "soon"),
        ("run", "CLAIMWIRE_ALERT_SCORE", "2"),
        ("run", "CLAIMWIRE_DESK_PORT", "99999"),
        ("run", "CLAIMWIRE_FEEDS", "/none.opml"),
        ("ingest", "CLAIMWIRE_POLLS", "0"),
        ("ingest", "CLAIMWIRE_FEEDS", "/none.opml"),
        ("ingest", "CLAIMWIRE_DATABASE", "mysql://host/name"),
        ("classify", "CLAIMWIRE_CLASSIFY_BATCH", "many"),
        ("alerts", "CLAIMWIRE_TERMINAL", "maybe"),
        ("alerts", "CLAIMWIRE_DATABASE", "mysql://host/name"),
    ],
)
def test_a_setting_of_one_service(claimwire: Command, settings: dict[str, str], command: str, variable: str, value: str) -> None:
    settings[variable] = value
    assert variable in refused(claimwire, command)


@pytest.mark.parametrize(("command", "variable"), [("run", "CLAIMWIRE_DESK_PORT"), ("alerts", "CLAIMWIRE_TELEMETRY_PORT")])
def test_a_port_that_is_taken(claimwire: Command, settings: dict[str, str], command: str, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings[variable] = str(taken.getsockname()[1])
        said = refused(claimwire, command)
    assert f"{variable}={settings[variable]}: Address already in use" in said


def test_the_demos_port_is_taken(claimwire: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "--port" in refused(claimwire, "demo", "--port", str(taken.getsockname()[1]))


def test_a_file_that_is_not_there(claimwire: Command, tmp_path: Path) -> None:
    missing = tmp_path / "none.jsonl"
    assert str(missing) in refused(claimwire, "replay", missing, "--alerts", tmp_path / "out.jsonl")
    assert str(missing) in refused(claimwire, "evaluate", missing)


def test_a_database_that_is_down(claimwire: Command, settings: dict[str, str]) -> None:
    settings["CLAIMWIRE_DATABASE"] = f"postgresql://claimwire:secret@127.0.0.1:{free_port()}/claimwire"
    for arguments in (("feeds", "list"), ("subscriptions", "list")):
        said = refused(claimwire, *arguments)
        assert "CLAIMWIRE_DATABASE: Can't create a connection to host 127.0.0.1" in said


def refused(claimwire: Command, *arguments: str | Path) -> str:
    """The one line in which the command says why not, after what a service logs of its start."""
    code, output, errors = claimwire(*arguments)
    said = [line for line in errors.splitlines() if " INFO " not in line]
    assert (code, output, len(said)) == (2, "", 1), errors
    assert said[0].startswith(f"claimwire {arguments[0]}: "), errors
    return said[0]
