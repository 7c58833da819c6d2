"""`claimwire doctor`: says of each thing that the services need whether it is there, and if not what to do. Changes nothing."""

import socket
from collections.abc import Callable, Mapping
from contextlib import closing

from rich.console import Console
from rich.markup import escape
from sqlalchemy import text

from alerts.settings import AlertsSettings
from classify.model import Model
from classify.settings import ClassifySettings
from ingest import feeds, opml
from ingest.settings import IngestSettings
from wire.database import open_database
from wire.log import open_log
from wire.settings import Shared, read

Checks = Mapping[str, Callable[[], str]]


class Missing(Exception):
    """Something that a service needs is not there; says what to do."""


def examine(environment: Mapping[str, str]) -> int:
    """Print a line for each check; the exit code, 1 where something is missing."""
    console, wrong = Console(highlight=False), 0
    for name, check in checks(environment).items():
        try:
            console.print(f"[green]ok[/]      {name}: {escape(check())}")
        except Exception as error:  # whatever a check raises is what is wrong
            wrong += 1
            console.print(f"[bold red]missing[/] {name}: {escape(str(error) or type(error).__name__)}")
    console.print("Nothing is missing: `claimwire run` can start." if not wrong else f"{wrong} missing; see above what to do.")
    return 1 if wrong else 0


def checks(environment: Mapping[str, str]) -> Checks:
    """The checks, in the order in which an article meets what they look at."""
    shared = read(Shared, environment)
    return {
        "log": lambda: _log(shared),
        "database": lambda: _database(shared),
        "feeds": lambda: _feeds(read(IngestSettings, environment)),
        "model": lambda: Model(read(ClassifySettings, environment).model).name,
        "desk": lambda: _desk(read(AlertsSettings, environment)),
    }


def _log(shared: Shared) -> str:
    with open_log(shared.log) as log:
        log.flush(10.0)
    return f"{shared.log} answers"


def _database(shared: Shared) -> str:
    engine = open_database(shared.database)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except Exception as error:
        raise Missing(f"CLAIMWIRE_DATABASE={engine.url.render_as_string()}: {getattr(error, 'orig', error)}. Is it running?") from None
    finally:
        engine.dispose()
    return f"{engine.url.render_as_string()} answers"


def _feeds(settings: IngestSettings) -> str:
    if settings.feeds is not None:
        return f"{settings.feeds} lists {len(opml.read(settings.feeds.read_bytes()))}"
    engine = open_database(settings.shared.database)
    feeds.prepare(engine)
    active = sum(feed.state == feeds.ACTIVE for feed in feeds.load(engine))
    engine.dispose()
    if not active:
        raise Missing("none on the list. Add one with claimwire feeds add ADDRESS, or set CLAIMWIRE_FEEDS=deploy/feeds.opml")
    return f"{active} on the list"


def _desk(settings: AlertsSettings) -> str:
    with closing(socket.socket()) as probe:
        try:
            probe.bind((settings.desk_host, settings.desk_port))
        except OSError as error:
            raise Missing(f"{settings.desk_host}:{settings.desk_port}: {error.strerror}. Set CLAIMWIRE_DESK_PORT to a free one.") from None
    return f"http://{settings.desk_host}:{settings.desk_port}/ is free"
