"""A consumer that is stopped in mid-batch: python -m tests.wire.stopped URL. Reads one record, waits for a line, commits."""

import sys

from tests.wire.reading import read
from wire.log import CommitRefused, open_log


def main(url: str) -> None:
    """Says `read`, then `committed` or `refused`."""
    with open_log(url) as log:
        reader = log.reader("g", "in")
        read(reader, 1)
        print("read", flush=True)
        input()
        try:
            reader.commit()
            print("committed", flush=True)
        except CommitRefused:
            print("refused", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
