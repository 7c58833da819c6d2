"""Wait for a condition instead of sleeping; read a metric as /metrics would say it."""

import time
from collections.abc import Callable

from prometheus_client import REGISTRY


def wait_until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Return once the condition holds; fails where it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds:.0f} s"
        time.sleep(0.02)


def metric(name: str, **labels: str) -> float:
    """The sample's value; 0 where there is none yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
