"""The event that ends a service: set by Ctrl-C or by a supervisor's SIGTERM. A second signal ends the process at once."""

import signal
import threading
from types import FrameType


def stop_at_signals() -> threading.Event:
    """An event that SIGINT and SIGTERM set. Call in the main thread."""
    stop = threading.Event()

    def ask(number: int, _: FrameType | None) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL)

    signal.signal(signal.SIGINT, ask)
    signal.signal(signal.SIGTERM, ask)
    return stop
