"""A child process for test_crash: the service on a log that stops for ever at its second flush, before or after it is durable."""

import os
import sys
import threading
import time
from typing import Any

import ingest.app
from ingest.app import run
from ingest.settings import IngestSettings
from wire.log import open_log
from wire.settings import read


class Hanging:
    """A log that lets one flush pass and then hangs."""

    def __init__(self, url: str, moment: str) -> None:
        self._log: Any = open_log(url)
        self._moment = moment
        self._flushes = 0

    def flush(self, timeout: float = 30.0) -> None:
        """Flush; the second time hang, before or after."""
        self._flushes += 1
        if self._flushes >= 2 and self._moment == "before":
            self._hang()
        self._log.flush(timeout)
        if self._flushes >= 2:
            self._hang()

    def _hang(self) -> None:
        print("hanging", flush=True)
        time.sleep(1000)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


if __name__ == "__main__":
    setattr(ingest.app, "open_log", lambda url: Hanging(url, sys.argv[1]))  # noqa: B010
    run(read(IngestSettings, os.environ), threading.Event())
