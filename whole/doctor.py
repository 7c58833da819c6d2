"""`claimwire doctor`: says of each thing that the services need whether it is there, and if not what to do.

Does what a service does when it starts (makes a missing file, topic or table), and nothing more.
"""

from collections.abc import Callable, Mapping

from rich.console import Console
from rich.markup import escape

from alerts.app import listening
from alerts.settings import AlertsSettings
from classify.model import Model
from classify.settings import ClassifySettings
from ingest import feeds, opml
from ingest.settings import IngestSettings
from wire.database import answers, open_database
from wire.log import LogError, open_log
from wire.messages import ARTICLES
from wire.settings import Shared, read
from wire.telemetry import Health, serving

Checks = Mapping[str, Callable[[], str]]


class Missing(Exception):
    """Something that a service needs is not there; says what to do."""


def examine(environment: Mapping[str, str]) -> int:
    """Print a line for each check; the exit code, 1 where something is missing."""
    console, wrong = Console(highlight=False, soft_wrap=True), 0
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
        "telemetry": lambda: _telemetry(shared),
    }


def _log(shared: Shared) -> str:
    try:
        with open_log(shared.log) as log:
            log.reader("doctor", ARTICLES).lag()  # asks the broker; a group that never commits leaves nothing there
    except LogError as error:
        raise Missing(f"{error}. Is it running, and is CLAIMWIRE_LOG right?") from None
    return f"{shared.log} answers"


def _database(shared: Shared) -> str:
    try:
        engine = open_database(shared.database)
    except (ValueError, OSError) as error:
        raise Missing(f"CLAIMWIRE_DATABASE: {error}") from None
    problem, shown = answers(engine), engine.url.set(drivername=engine.dialect.name).render_as_string()
    engine.dispose()
    if problem:
        raise Missing(f"CLAIMWIRE_DATABASE={shown}: {problem}. Is it running, and are name and password right?")
    return f"{shown} answers"


def _feeds(settings: IngestSettings) -> str:
    if settings.feeds is not None:
        try:
            return f"{settings.feeds} lists {len(opml.read(settings.feeds.read_bytes()))}"
        except (OSError, opml.OpmlError) as error:
            cause = error.strerror if isinstance(error, OSError) else error
            raise Missing(f"CLAIMWIRE_FEEDS={settings.feeds}: {cause}. It should be the path of an OPML file.") from None
    engine = open_database(settings.shared.database)
    if answers(engine):
        raise Missing("the list is in the database, which does not answer")
    feeds.prepare(engine)
    active = sum(feed.state == feeds.ACTIVE for feed in feeds.load(engine))
    engine.dispose()
    if not active:
        raise Missing("none on the list. Add one with claimwire feeds add ADDRESS, or set CLAIMWIRE_FEEDS=deploy/feeds.opml")
    return f"{active} on the list"


def _desk(settings: AlertsSettings) -> str:
    with listening(settings) as door:
        host, port = door.getsockname()[:2]
    return f"{host}:{port} is free"


def _telemetry(shared: Shared) -> str:
    if shared.telemetry_port is None:
        return "is turned off"
    with serving(shared, Health()):
        return f"{shared.telemetry_host}:{shared.telemetry_port} is free"
