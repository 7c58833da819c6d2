"""`claimwire demo` as argparse reads it."""

import argparse
import threading
from collections.abc import Mapping

import pytest

from demo.commands import add_commands
from demo.pipeline import Pipeline, Summary


def parse(*arguments: str) -> argparse.Namespace:
    def run_all(environment: Mapping[str, str], stop: threading.Event) -> None:
        raise AssertionError("parsing runs nothing")

    parser = argparse.ArgumentParser()
    pipeline = Pipeline(run_all, lambda: True, lambda: True, lambda: Summary(0, 0, 0, None, None), str)
    add_commands(parser.add_subparsers(), pipeline)
    return parser.parse_args(["demo", *arguments])


def test_what_is_meant_where_nothing_is_said() -> None:
    args = parse()
    assert (args.seconds, args.port, args.data, args.exit, args.world_only) == (60.0, 8781, None, False, False)
    assert callable(args.run)


def test_minutes_of_ones_own() -> None:
    assert parse("--seconds", "10").seconds == 10


@pytest.mark.parametrize("seconds", ["9", "0", "-1", "soon", "nan"])
def test_a_speed_at_which_items_would_be_missed_is_refused(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        parse("--seconds", seconds)
    assert raised.value.code == 2
    assert "from 10 up" in capsys.readouterr().err
