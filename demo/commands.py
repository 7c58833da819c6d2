"""`claimwire demo`: the command line of the demo. Imports no service; claimwire.py hands over the pipeline."""

import argparse
import os
import tempfile
from pathlib import Path

from demo.app import PORT, Options, play, serve_only
from demo.pipeline import Pipeline
from demo.show import Show
from demo.world import World
from wire.stop import stop_at_signals

DESCRIPTION = """Play a small world of invented outlets: eight months of news, October 2024 to June 2025, in one minute.
Its feeds are real documents on a server of this machine; the same services as in production read them."""


def add_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", pipeline: Pipeline) -> None:
    """Mount `claimwire demo`."""
    parser = subparsers.add_parser("demo", help="play eight months of news in one minute and watch the alerts", description=DESCRIPTION)
    parser.add_argument("--seconds", type=_seconds, default=60.0, metavar="N", help="how long the eight months take (default: 60)")
    parser.add_argument("--port", type=int, default=PORT, help=f"port of the world's server (default: {PORT}; 0: any free one)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="keep log and ledger in this folder (default: a temporary one)")
    parser.add_argument("--exit", action="store_true", help="end after the summary instead of keeping the desk open")
    parser.add_argument("--world-only", action="store_true", help="serve the world alone, for services that run as processes of their own")
    parser.set_defaults(run=lambda args: demo(args, pipeline))


def demo(args: argparse.Namespace, pipeline: Pipeline) -> int:
    """Run `claimwire demo` with these arguments; the exit code."""
    stop = stop_at_signals()
    with tempfile.TemporaryDirectory(prefix="claimwire-demo-", ignore_cleanup_errors=True) as temporary:
        folder = (args.data or Path(temporary)).absolute()
        options = Options(folder, seconds=args.seconds, port=args.port, leave=args.exit)
        if args.world_only:
            return serve_only(World.load(), options, Show(), stop)
        return play(World.load(), pipeline, options, os.environ, Show(), stop)


def _seconds(value: str) -> float:
    """A number of seconds from 10 up: a feed shows 30 items, and faster than that a slow machine would miss some."""
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not number >= 10:  # nan too
        raise argparse.ArgumentTypeError(f"{value!r} should be a number of seconds from 10 up, such as 60")
    return number
