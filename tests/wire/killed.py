"""A consumer that kills itself: python -m tests.wire.killed URL POINT. Copies three records from `in` to `out` as group `copy`."""

import os
import signal
import sys

from tests.wire.reading import read
from wire.log import open_log

POINTS = ("after poll", "after append", "after flush", "after commit")


def main(url: str, last: str) -> None:
    """Go on until the point `last`, then die as by kill -9."""

    def reached(point: str) -> None:
        if point == last:
            os.kill(os.getpid(), signal.SIGKILL)

    log = open_log(url)
    reader = log.reader("copy", "in")
    records = read(reader, 3)
    reached("after poll")
    for record in records:
        log.append("out", record.key or "", record.value or b"")
    reached("after append")
    log.flush()
    reached("after flush")
    reader.commit()
    reached("after commit")


if __name__ == "__main__":
    main(*sys.argv[1:])
