"""What is kept of a record in quarantine, and the commands to look at it and to put it back, on both logs."""

import argparse
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from jsonschema import Draft202012Validator

from tests.wire.reading import read, values
from tests.wire.test_messages import article, finding
from wire.commands import add_commands
from wire.log import MAX_QUARANTINE_BYTES, MAX_RECORD_BYTES, Record, open_log
from wire.messages import ARTICLES, FINDINGS
from wire.quarantine import quarantine, waiting

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
Run = Callable[..., int]


@pytest.fixture
def claimwire(log_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command line on the test's log; its exit code."""
    monkeypatch.setenv("CLAIMWIRE_LOG", log_url)

    def run(*arguments: str) -> int:
        parser = argparse.ArgumentParser()
        add_commands(parser.add_subparsers())
        args = parser.parse_args(arguments)
        return int(args.run(args))

    return run


def hold(log_url: str, *values: bytes | None, key: str | None = "key", topic: str = ARTICLES) -> None:
    """Put records with these values in quarantine."""
    with open_log(log_url) as log:
        for offset, value in enumerate(values):
            quarantine(log, Record(topic, 2, offset, key, value, NOON), "ValueError: no\nsuch thing", "classify", NOON)
        log.flush()


def test_list_shows_place_time_group_and_error(claimwire: Run, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert claimwire("quarantine", "list") == 0
    assert capsys.readouterr().out == "Nothing waits in quarantine.\n"
    hold(log_url, b"one")
    hold(log_url, b"other", topic=FINDINGS)
    assert claimwire("quarantine", "list") == 0
    line = "2025-01-01T12:00:00  classify: ValueError: no such thing\n"
    assert capsys.readouterr().out == f"claimwire.articles/2/0  {line}claimwire.findings/2/0  {line}"
    assert claimwire("quarantine", "list", "findings", "--json") == 0
    (shown,) = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert (shown["topic"], shown["partition"], shown["offset"], shown["value"]) == (FINDINGS, 2, 0, "b3RoZXI=")


def test_replay_puts_back_once(claimwire: Run, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    hold(log_url, b"one", b"two")
    assert claimwire("quarantine", "replay") == 0
    assert capsys.readouterr().out == "claimwire.articles: 2 put back\nclaimwire.findings: 0 put back\n"
    assert claimwire("quarantine", "replay", "articles") == 0
    assert capsys.readouterr().out == "claimwire.articles: 0 put back\n"
    with open_log(log_url) as log:
        records = read(log.reader("g", ARTICLES), 2)
    assert values(records) == [b"one", b"two"]
    assert {record.key for record in records} == {"key"}


def test_what_cannot_be_put_back_is_said(claimwire: Run, log_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    hold(log_url, None, b"x" * (MAX_RECORD_BYTES + 1), b"fine")
    assert claimwire("quarantine", "replay", "articles") == 1
    said = capsys.readouterr()
    assert said.out == "claimwire.articles: 1 put back\n"
    assert "claimwire.articles/2/0: cannot be put back, it has no value" in said.err
    assert "claimwire.articles/2/1: cannot be put back, only its beginning was kept" in said.err


def test_the_largest_record_with_the_longest_error_fits(log_url: str) -> None:
    with open_log(log_url) as log:
        largest = Record("in", 0, 1, "k" * 5000, b"\xff" * 2_000_000, NOON)
        quarantine(log, largest, "\u6771" * 100_000, "classify", NOON)
        log.flush()
        (kept,) = waiting(log, "in")
    assert len(kept.as_json()) < MAX_QUARANTINE_BYTES
    assert (kept.cut, len(kept.value or b"")) == (True, MAX_RECORD_BYTES)


def test_a_log_that_is_away_is_one_line(claimwire: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CLAIMWIRE_LOG", "kafka://127.0.0.1:1")
    assert claimwire("quarantine", "list") == 1
    assert capsys.readouterr().err.startswith("claimwire quarantine: log kafka://127.0.0.1:1: ")


@pytest.mark.parametrize("which", [(), ("article",), ("finding",)])
def test_schema_takes_messages_and_refuses_others(which: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_commands(parser.add_subparsers())
    args = parser.parse_args(["schema", *which])
    assert args.run(args) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft202012Validator.check_schema(schema)
    valid = Draft202012Validator(schema).is_valid
    messages = {"article": json.loads(article().encode()), "finding": json.loads(finding().encode())}
    for name, message in messages.items():
        assert valid(message) == (not which or name in which)
        assert not valid(message | {"version": 2})
        assert not valid(message | {"unknown": 1})
