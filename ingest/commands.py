"""The commands of ingest: the service, the feed list, and a look at single documents."""

import argparse
import asyncio
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ingest import documents, feeds, opml
from ingest.app import open_engine, own_addresses
from ingest.check import check, summary
from ingest.fetch import Fetcher
from ingest.opml import Listing, OpmlError, is_web
from ingest.settings import IngestSettings
from ingest.workers import Workers
from wire.messages import utc_now
from wire.settings import read
from wire.stop import stop_at_signals


def add_commands(subparsers: Any) -> None:
    """Add ingest, feeds, parse and extract."""
    service = subparsers.add_parser("ingest", help="run the ingest service alone: feeds to articles on the log")
    service.set_defaults(run=_ingest)
    _add_feeds(subparsers.add_parser("feeds", help="the feed list: add, remove, list, import, export, check"))
    parse = subparsers.add_parser("parse", help="read feed documents and print their articles as JSON Lines")
    parse.add_argument("files", nargs="+", metavar="FILE", help="a feed document: RSS, RDF, Atom or JSON Feed")
    parse.set_defaults(run=_parse)
    extract = subparsers.add_parser("extract", help="read news pages and print title, text, language and date as JSON Lines")
    extract.add_argument("pages", nargs="+", metavar="FILE|URL", help="an HTML file, or the address of a page to fetch")
    extract.set_defaults(run=_extract)


def _add_feeds(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="put a feed on the list; a running service polls it within seconds")
    add.add_argument("address", metavar="ADDRESS", help="the feed's address, http:// or https://")
    add.add_argument("--name", default="", help="the outlet's name (default: what the feed calls itself)")
    add.add_argument("--folder", default="", help="a folder to keep it in, such as Defence/Ministries")
    add.set_defaults(run=_add)
    remove = actions.add_parser("remove", help="take a feed off the list, with what is known of it")
    remove.add_argument("address", metavar="ADDRESS")
    remove.set_defaults(run=_remove)
    listing = actions.add_parser("list", help="every feed with its health, when it was looked at and what went wrong")
    listing.set_defaults(run=_list)
    taking = actions.add_parser("import", help="add the feeds of an OPML file to the list")
    taking.add_argument("file", metavar="FILE")
    taking.set_defaults(run=_import)
    giving = actions.add_parser("export", help="print the list as OPML")
    giving.set_defaults(run=_export)
    checking = actions.add_parser("check", help="fetch feeds now and say in words what is there")
    checking.add_argument("addresses", nargs="*", metavar="ADDRESS|OPML", help="feeds, or OPML files of feeds (default: the whole list)")
    checking.set_defaults(run=_check)


def _ingest(_: argparse.Namespace) -> int:
    from ingest.app import run

    run(read(IngestSettings, os.environ), stop_at_signals())
    return 0


def _add(args: argparse.Namespace) -> int:
    if not is_web(args.address):
        raise ValueError(f"{args.address}: should be a feed's address, such as https://example.org/rss.xml")
    if feeds.add(_engine(), Listing(args.address, args.name, args.folder)):
        print(f"{args.address}: added")
    else:
        print(f"{args.address}: is on the list already; it will be polled again at once")
    return 0


def _remove(args: argparse.Namespace) -> int:
    if feeds.remove(_engine(), args.address):
        print(f"{args.address}: removed")
        return 0
    print(f"{args.address}: not on the list (claimwire feeds list shows what is)", file=sys.stderr)
    return 1


def _list(_: argparse.Namespace) -> int:
    listed = feeds.load(_engine())
    for feed in listed:
        checked = f"{feed.checked:%Y-%m-%d %H:%M}" if feed.checked else "not yet"
        line = f"{feed.health:8} {checked:16} {feed.address}"
        print("  ".join(filter(None, (line, feed.outlet, f"({feed.folder})" if feed.folder else "", feed.error))))
    print(summary(Counter(feed.health for feed in listed)) if listed else "no feeds yet: claimwire feeds add ADDRESS", file=sys.stderr)
    return 0


def _import(args: argparse.Namespace) -> int:
    engine = _engine()
    added = sum(feeds.add(engine, listing) for listing in _listings(Path(args.file)))
    print(f"{args.file}: {added} added")
    return 0


def _export(_: argparse.Namespace) -> int:
    listed = feeds.load(_engine())
    sys.stdout.buffer.write(opml.write(Listing(feed.address, feed.outlet, feed.folder, feed.site) for feed in listed))
    return 0


def _check(args: argparse.Namespace) -> int:
    settings = read(IngestSettings, os.environ)
    addresses: list[str] = []
    for given in args.addresses:
        addresses += [given] if is_web(given) else [listing.address for listing in _listings(Path(given))]
    if not args.addresses:
        addresses = [feed.address for feed in feeds.load(_engine())]
    return asyncio.run(_check_all(addresses, settings))


async def _check_all(addresses: Sequence[str], settings: IngestSettings) -> int:
    async with Workers(settings.parsers, settings.parse_timeout) as workers, Fetcher(settings, own_addresses(settings.shared)) as fetcher:
        found = await asyncio.gather(*(check(address, settings, fetcher, workers) for address in addresses))
    for one in found:
        print(one.words, file=sys.stdout if one.usable else sys.stderr)
    return 0 if all(one.usable for one in found) else 1


def _parse(args: argparse.Namespace) -> int:
    settings, now = read(IngestSettings, os.environ), utc_now()
    return asyncio.run(_print_all(args.files, settings, lambda name, workers, _: documents.articles(name, settings, workers, now)))


def _extract(args: argparse.Namespace) -> int:
    settings = read(IngestSettings, os.environ)
    return asyncio.run(_print_all(args.pages, settings, lambda name, workers, fetcher: documents.page(name, settings, workers, fetcher)))


Reading = Callable[[str, Workers, Fetcher], Awaitable[documents.Outcome]]


async def _print_all(names: Sequence[str], settings: IngestSettings, reading: Reading) -> int:
    """Print each document's lines and problems; 1 where one could not be opened."""
    opened = True
    count = min(settings.parsers, len(names))
    async with Workers(count, settings.parse_timeout) as workers, Fetcher(settings, own_addresses(settings.shared)) as fetcher:
        async for outcome in documents.in_order(names, lambda name: reading(name, workers, fetcher), at_once=2 * count):
            for line in outcome.lines:
                print(line)
            if outcome.problem:
                print(outcome.problem, file=sys.stderr)
            opened = opened and outcome.opened
    return 0 if opened else 1


def _engine() -> Engine:
    engine = open_engine(read(IngestSettings, os.environ).shared)
    feeds.prepare(engine)
    return engine


def _listings(file: Path) -> list[Listing]:
    try:
        return opml.read(file.read_bytes())
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}; should be a feed's address or an OPML file") from None
    except OpmlError as error:
        raise ValueError(f"{file}: {error}; should be an OPML file") from None
