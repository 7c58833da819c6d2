"""What claimwire.py lends to the demo: the all-in-one process, and what can be seen of it from outside. Runs nothing itself."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures at the end of a demo; latencies in seconds from the fetch of an article to its alert, None where none was raised."""

    articles: int  # articles that ingest has read in this run, whatever their outcome; those of an earlier run are not read again
    findings: int
    alerts: int
    latency_p50: float | None
    latency_p95: float | None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The services, as the demo sees them."""

    run_all: Callable[[Mapping[str, str], threading.Event], None]  # runs them with this environment until the event is set
    ready: Callable[[], bool]  # whether all services are up, the model loaded
    drained: Callable[[], bool]  # whether nothing waits on the log or for delivery
    summary: Callable[[], Summary]
    desk: Callable[[Mapping[str, str]], str]  # the desk's address under this environment
