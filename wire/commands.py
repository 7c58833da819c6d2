"""The commands of what the services share: `schema` and `quarantine`."""

import argparse
import json
import os
import sys
from typing import Any

from pydantic.json_schema import models_json_schema

from wire.log import Log, LogError, open_log
from wire.messages import ARTICLES, FINDINGS, Article, Finding, Message
from wire.quarantine import replay, waiting
from wire.settings import Shared, read

MESSAGES: dict[str, type[Message]] = {"article": Article, "finding": Finding}
TOPICS = {"articles": ARTICLES, "findings": FINDINGS}


def add_commands(subparsers: Any) -> None:
    """Add schema and quarantine."""
    schema = subparsers.add_parser(
        "schema",
        help="print the JSON Schema of the messages on the log",
        description="Print the JSON Schema of what is on the log: articles (from ingest) and findings (from classify).",
    )
    schema.add_argument("message", nargs="?", choices=sorted(MESSAGES), help="only of this message; of both where left out")
    schema.set_defaults(run=_schema)
    held = subparsers.add_parser(
        "quarantine",
        help="look at records that could not be handled, or try them again",
        description="A record that a service cannot handle waits in quarantine with its place and error; the service goes on without it.",
    )
    actions = held.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list what waits: where it came from, since when, who could not handle it, why")
    listing.add_argument("--json", action="store_true", help="as JSON Lines, with the record's value as base64")
    listing.set_defaults(run=_list)
    again = actions.add_parser(
        "replay",
        help="put what waits back on its topic, to be read again",
        description="Put what waits back on its topic, once the cause is mended. What fails again comes back into quarantine.",
    )
    again.set_defaults(run=_replay)
    for one in (listing, again):
        one.add_argument("topic", nargs="?", metavar="TOPIC", choices=sorted(TOPICS), help="articles or findings; both where left out")


def _schema(args: argparse.Namespace) -> int:
    wanted = [MESSAGES[args.message]] if args.message else list(MESSAGES.values())
    references, definitions = models_json_schema([(one, "serialization") for one in wanted])
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Messages on Claimwire's log",
        "anyOf": list(references.values()),
    }
    print(json.dumps(schema | definitions, indent=2, ensure_ascii=False))
    return 0


def _list(args: argparse.Namespace) -> int:
    with open_log(read(Shared, os.environ).log) as log:
        try:
            found = [one for topic in _topics(args) for one in waiting(log, topic)]
        except LogError as error:
            return _failed(error)
    for one in found:
        print(one.as_json() if args.json else f"{one.where}  {one.time[:19]}  {one.group}: {' '.join(one.error.split())}")
    if not found and not args.json:
        print("Nothing waits in quarantine.")
    return 0


def _replay(args: argparse.Namespace) -> int:
    with open_log(read(Shared, os.environ).log) as log:
        try:
            return sum(_replay_topic(log, topic) for topic in _topics(args)) and 1
        except LogError as error:
            return _failed(error)


def _replay_topic(log: Log, topic: str) -> int:
    replayed, dropped = replay(log, topic)
    print(f"{topic}: {len(replayed)} put back")
    for one in dropped:
        cause = "only its beginning was kept" if one.cut else "it has no value"
        print(f"{one.where}: cannot be put back, {cause}; it is off the list now", file=sys.stderr)
    return len(dropped)


def _topics(args: argparse.Namespace) -> list[str]:
    return [TOPICS[args.topic]] if args.topic else list(TOPICS.values())


def _failed(error: LogError) -> int:
    print(f"claimwire quarantine: {error}", file=sys.stderr)
    return 1
