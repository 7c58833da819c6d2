"""The command line: mounts every package's commands and turns errors that a person can mend into one line on standard error."""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Sequence

from sqlalchemy.exc import DBAPIError

import alerts.commands
import classify.commands
import demo.commands
import ingest.commands
import whole.commands
import wire.commands
from classify.model import ModelError
from whole.watched import Watched
from wire.database import in_words, is_outage
from wire.log import LogError
from wire.settings import Shared, read
from wire.telemetry import set_up_logging

#: Commands that run until they are stopped; they log what they do, the others only what goes wrong.
SERVICES = ("run", "ingest", "classify", "alerts")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code: 0 done, 1 not done, 2 asked for wrongly."""
    args = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = args.run
    try:
        set_up_logging(read(Shared, os.environ).log_format, logging.INFO if args.command in SERVICES else logging.WARNING)
        return run(args)
    except BrokenPipeError:  # whoever read our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, OSError, LogError, ModelError) as error:
        print(f"claimwire {args.command}: {error}", file=sys.stderr)
        return 2
    except DBAPIError as error:
        if error.statement and not is_outage(error):  # the statement is wrong, not the database: ours to mend
            raise
        print(f"claimwire {args.command}: CLAIMWIRE_DATABASE: {in_words(error)}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole_line = argparse.ArgumentParser(
        prog="claimwire",
        description="Watches the news for a side's new position on foreign troops or escalation, and tells the desk once.",
        epilog="Start with `claimwire demo`. Settings are environment variables; docs/settings.md lists them.",
    )
    subparsers = whole_line.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    demo.commands.add_commands(subparsers, Watched().pipeline())
    for package in (whole, ingest, classify, alerts, wire):
        package.commands.add_commands(subparsers)
    return whole_line


if __name__ == "__main__":
    sys.exit(main())
