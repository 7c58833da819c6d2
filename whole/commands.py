"""The commands that need every service: run, replay, compare, doctor."""

import argparse
import os
from pathlib import Path
from typing import Any

from classify.settings import model_folder
from whole.together import run_all
from wire.stop import stop_at_signals


def add_commands(subparsers: Any) -> None:
    """Add run, replay, compare and doctor."""
    everything = subparsers.add_parser("run", help="run all services in one process, on the feeds of CLAIMWIRE_FEEDS or of the feed list")
    everything.set_defaults(run=_run)
    replay = subparsers.add_parser("replay", help="run items from a file through the whole path and list the alerts")
    replay.add_argument("items", metavar="ITEMS", type=Path, help="JSON Lines (.jsonl, .jsonl.gz): id, date, title, and sentences or text")
    replay.add_argument("--alerts", metavar="OUT.jsonl", type=Path, required=True, help="where the alerts go, one a line")
    replay.add_argument("--model", metavar="FOLDER", type=model_folder, help="the model to use (default: CLAIMWIRE_MODEL)")
    replay.set_defaults(run=_replay)
    compare = subparsers.add_parser("compare", help="list the alerts that another model would add, drop or change")
    compare.add_argument("old", metavar="OLD", type=model_folder, help="folder of the model as it is; `shipped` is this version's own")
    compare.add_argument("new", metavar="NEW", type=model_folder, help="folder of the candidate")
    compare.add_argument("items", metavar="ITEMS", type=Path, help="JSON Lines (.jsonl, .jsonl.gz): id, date, title, and sentences or text")
    compare.add_argument("--json", action="store_true", help="print the differences as JSON")
    compare.set_defaults(run=_compare)
    doctor = subparsers.add_parser("doctor", help="say what is reachable, what is missing, and what to do")
    doctor.set_defaults(run=_doctor)


def _run(_: argparse.Namespace) -> int:
    run_all(os.environ, stop_at_signals())
    return 0


def _replay(args: argparse.Namespace) -> int:
    from whole.replay import replay

    return replay(args.items, args.alerts, args.model)


def _compare(args: argparse.Namespace) -> int:
    from whole.compare import compare

    return compare(args.old, args.new, args.items, as_json=args.json)


def _doctor(_: argparse.Namespace) -> int:
    from whole.doctor import examine

    return examine(os.environ)
