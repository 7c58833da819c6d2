"""The commands of the alert service: `alerts` and `subscriptions`."""

import argparse
import os
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from alerts.addresses import EXAMPLES
from alerts.ledger import subscribing
from alerts.ledger.opening import open_ledger
from alerts.nouns import Reason, Subscription
from alerts.settings import AlertsSettings
from wire.messages import TOPICS, utc_now
from wire.settings import Shared, fraction, read
from wire.stop import stop_at_signals

SETS = {
    "topic": ("topics", f"one of {', '.join(TOPICS)}"),
    "force": ("forces", "whose troops, or who escalates: a country's code such as KP, or a body such as NATO"),
    "place": ("places", "where: a country's code such as RU"),
    "side": ("sides", "who speaks: a country's code, a body, or nonstate"),
    "reason": ("reasons", f"one of {', '.join(Reason)}"),
}


def add_commands(subparsers: Any) -> None:
    """Add alerts and subscriptions."""
    service = subparsers.add_parser("alerts", help="run the alert service: the ledger, the deliveries, the desk")
    service.set_defaults(run=_alerts)
    subscriptions = subparsers.add_parser("subscriptions", help="add, list and remove subscriptions to alerts")
    actions = subscriptions.add_subparsers(title="actions", dest="action", metavar="ACTION", required=True)
    _add_add(actions)
    listing = actions.add_parser("list", help="list the subscriptions, their secrets masked")
    listing.set_defaults(run=_list)
    remove = actions.add_parser("remove", help="stop sending to a subscription; what was sent stays on record")
    remove.add_argument("name", metavar="NAME", help="its name or id")
    remove.set_defaults(run=_remove)


def _add_add(actions: Any) -> None:
    add = actions.add_parser("add", help="subscribe an address to alerts", description="What is not asked for is not restricted.")
    add.add_argument("name", metavar="NAME", help="what to call it, such as 'Moscow desk'")
    add.add_argument("channel", metavar="ADDRESS", help=f"where alerts go: {EXAMPLES}")
    for option, (field, words) in SETS.items():
        add.add_argument(f"--{option}", dest=field, metavar=option.upper(), action="append", default=[], help=f"{words}; may be repeated")
    add.add_argument("--least-score", metavar="SCORE", type=_score, default=0.0, help="only alerts of at least this score, 0 to 1")
    add.set_defaults(run=_add)


def _score(value: str) -> float:
    try:
        return fraction(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _alerts(_: argparse.Namespace) -> int:
    from alerts.app import run

    run(read(AlertsSettings, os.environ), stop_at_signals())
    return 0


def _ledger() -> Engine:
    return open_ledger(read(Shared, os.environ).database)


def _add(args: argparse.Namespace) -> int:
    sets = {field: getattr(args, field) for field, _ in SETS.values()}
    added = subscribing.add(_ledger(), utc_now(), name=args.name, channel=args.channel, least_score=args.least_score, **sets)
    print(f"{added.subscription.name}: alerts go to {added.subscription.channel}")
    if added.secret:
        print(f"signing secret, shown this once: {added.secret}")
    return 0


def _list(_: argparse.Namespace) -> int:
    listed = subscribing.listed(_ledger())
    if not listed:
        print("no subscriptions; add one with `claimwire subscriptions add NAME ADDRESS`", file=sys.stderr)
        return 0
    table = Table("name", "address", "wants", "active", box=None)
    for one in listed:
        table.add_row(one.name, one.channel, _wants(one), "yes" if one.active else "no")
    Console(markup=False, highlight=False).print(table)
    return 0


def _wants(one: Subscription) -> str:
    wanted = [f"{option} {', '.join(getattr(one, field))}" for option, (field, _) in SETS.items() if getattr(one, field)]
    if one.least_score:
        wanted.append(f"score {one.least_score:g} and up")
    return "; ".join(wanted) or "every alert"


def _remove(args: argparse.Namespace) -> int:
    subscribing.deactivate(_ledger(), args.name)
    print(f"{args.name}: nothing is sent any more")
    return 0
