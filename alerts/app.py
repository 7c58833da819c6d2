"""The alert service: reads findings from the log into the ledger, delivers alerts, serves the desk."""

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn
from rich.console import Console
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from alerts import metrics
from alerts.channels.apprise import through_apprise
from alerts.channels.mail import mail
from alerts.channels.result import Send
from alerts.channels.terminal import terminal
from alerts.channels.webhook import webhook
from alerts.deliver import Deliverer
from alerts.ledger import subscribing
from alerts.ledger.opening import open_ledger
from alerts.ledger.record import record_all
from alerts.settings import AlertsSettings
from wire.consume import Backoff, consume
from wire.database import is_outage
from wire.log import Record, open_log
from wire.messages import FINDINGS, Finding, utc_now
from wire.settings import SettingError
from wire.telemetry import Health, reporting

logger = logging.getLogger(__name__)

BATCH = 100
POLL_SECONDS = 0.5


def run(settings: AlertsSettings, stop: threading.Event, health: Health | None = None) -> None:
    """Record, deliver and show until `stop` is set."""
    with reporting(settings.shared, health) as health, listening(settings) as door:
        engine = opened(settings, stop, health)
        if engine is None:
            return
        if settings.terminal:
            subscribing.ensure(engine, utc_now(), name="terminal", channel="terminal:")
        deliverer = Deliverer(engine, channels(settings), address(settings, door), senders=settings.senders)
        with beside(lambda: deliverer.run(stop, health), "deliverer"), serving_desk(engine, settings, door, stop, health):
            try:
                read_findings(engine, settings, deliverer, stop, health)
            finally:
                stop.set()  # what runs beside ends too, whatever ended the reading
                deliverer.wake()
        engine.dispose()


def channels(settings: AlertsSettings) -> dict[str, Send]:
    """The ways out, by kind of address."""
    return {
        "terminal": terminal(Console(file=sys.stdout, highlight=False)),
        "webhook": webhook(settings.private_networks),
        "mail": mail(settings.smtp, settings.mail_from),
        "apprise": through_apprise(settings.private_networks),
    }


def read_findings(engine: Engine, settings: AlertsSettings, deliverer: Deliverer, stop: threading.Event, health: Health) -> None:
    """Consume findings until `stop` is set."""
    with open_log(settings.shared.log) as log:
        reader = log.reader("alerts", FINDINGS)
        try:
            consume(
                log,
                reader,
                lambda records: handle(records, engine, settings.alert_score, deliverer),
                stop,
                max_records=BATCH,
                poll_seconds=POLL_SECONDS,
                health=health,
            )
        finally:
            reader.close()


def handle(records: list[Record], engine: Engine, least_score: float, deliverer: Deliverer) -> None:
    """Record these findings, all or none, and count what became of them."""
    findings = [Finding.decode(record.value) for record in records]
    with metrics.DECISION.time():
        recorded = record_all(engine, findings, utc_now(), least_score=least_score)
    raised = [one.alert for one in recorded if one.alert]
    if raised:
        deliverer.wake()
        with suppress(DBAPIError):  # the findings are recorded; the deliverer measures again soon
            metrics.measure_outbox(engine)
    for alert in raised:
        metrics.ALERTS.labels(alert.reason).inc()
        metrics.TO_ALERT.observe(max(0.0, (alert.created - alert.fetched).total_seconds()))
    for one in recorded:
        metrics.FINDINGS.labels(one.outcome).inc()


def opened(settings: AlertsSettings, stop: threading.Event, health: Health) -> Engine | None:
    """The ledger, once its database answers; None where `stop` came first."""
    problem: str | None = "is opening"
    health.check("ledger", lambda: problem)
    failures, backoff = 0, Backoff()
    while not stop.is_set():
        try:
            engine = open_ledger(settings.shared.database)
        except Exception as error:
            if not is_outage(error):
                raise
            failures += 1
            problem = str(error).splitlines()[0]
            logger.warning("the ledger's database is away, trying again: %s", problem)
            stop.wait(backoff.delay(failures))
            continue
        problem = None
        return engine
    return None


@contextmanager
def listening(settings: AlertsSettings) -> Iterator[socket.socket]:
    """The desk's socket, bound before anything else starts; SettingError where the address cannot be had."""
    host, port = settings.desk_host, settings.desk_port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        door = socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingError(f"CLAIMWIRE_DESK_HOST={host} CLAIMWIRE_DESK_PORT={port}: {error.strerror}; choose another") from None
    with door:
        yield door


def address(settings: AlertsSettings, door: socket.socket) -> str:
    """Where messages say that the desk is."""
    host = f"[{settings.desk_host}]" if ":" in settings.desk_host else settings.desk_host
    return settings.desk_url or f"http://{host}:{door.getsockname()[1]}"


@contextmanager
def serving_desk(engine: Engine, settings: AlertsSettings, door: socket.socket, stop: threading.Event, health: Health) -> Iterator[None]:
    """The desk, in a thread of its own while inside."""
    from alerts.web.app import create_app

    app = create_app(engine, hosts=settings.desk_hosts, stopping=stop.is_set)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    health.check("desk", lambda: None if server.started else "is starting")
    logger.info("the desk is at %s/", address(settings, door))
    with beside(lambda: server.run(sockets=[door]), "desk"):
        try:
            yield
        finally:
            server.should_exit = True


@contextmanager
def beside(work: Callable[[], None], name: str) -> Iterator[None]:
    """Run `work` in a thread while inside; it is waited for at the end."""
    thread = threading.Thread(target=work, name=name)
    thread.start()
    try:
        yield
    finally:
        thread.join()
