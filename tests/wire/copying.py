"""A service that copies `in` to `out`: python -m tests.wire.copying URL. Runs until it is killed."""

import sys
import threading
import time

from wire.consume import Backoff, consume
from wire.log import Record, open_log


def main(url: str) -> None:
    """Each record takes 5 ms, so that a kill finds it at work."""
    with open_log(url) as log:

        def copy(records: list[Record]) -> None:
            for record in records:
                time.sleep(0.005)
                log.append("out", record.key or "", record.value or b"")

        consume(log, log.reader("copy", "in"), copy, threading.Event(), max_records=10, backoff=Backoff(0.1, 0.1))


if __name__ == "__main__":
    main(*sys.argv[1:])
