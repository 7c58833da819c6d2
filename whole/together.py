"""The all-in-one process: ingest, classify and alerts in threads of one process, with one health and one telemetry server."""

import threading
from collections.abc import Callable, Mapping
from functools import partial

import alerts.app
import classify.app
import ingest.app
from alerts.settings import AlertsSettings
from classify.settings import ClassifySettings
from ingest.settings import IngestSettings
from wire.settings import Shared, read
from wire.telemetry import Health, serving


def run_all(environment: Mapping[str, str], stop: threading.Event, health: Health | None = None) -> None:
    """Run all services until `stop` is set. Where one fails all end, and its error is raised: a supervisor starts the whole again."""
    health = health or Health()
    services = {
        "ingest": partial(ingest.app.run, read(IngestSettings, environment)),
        "classify": partial(classify.app.run, read(ClassifySettings, environment)),
        "alerts": partial(alerts.app.run, read(AlertsSettings, environment)),
    }
    failed: list[BaseException] = []
    with serving(read(Shared, environment), health):
        threads = [threading.Thread(target=_guarded, args=(run, stop, health, failed), name=name) for name, run in services.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]


def _guarded(run: Callable[..., None], stop: threading.Event, health: Health, failed: list[BaseException]) -> None:
    try:
        run(stop, health)
    except BaseException as error:  # SystemExit too: whatever ends one service ends all
        failed.append(error)
    finally:
        stop.set()
