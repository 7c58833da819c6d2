"""The embedded log beside a plain file that is synced as often: appends and reads a second, and their ratio.

Both write the same records to the same disk, in turns. Not a test: figures depend on the disk; the ratio hardly does.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wire.log import open_log

RECORDS = 2_000
BATCH = 50  # records to a flush, as a service's batch has them
ROUNDS = 5
VALUE = b'{"text": "' + b"x" * 3_000 + b'"}'  # an article's size


def append_to_log(path: Path) -> None:
    """Append every record, flushing after each batch."""
    with open_log(f"sqlite:///{path}") as log:
        for first in range(0, RECORDS, BATCH):
            for number in range(first, first + BATCH):
                log.append("bench", f"key-{number}", VALUE)
            log.flush()


def read_from_log(path: Path) -> None:
    """Read every record, committing after each batch."""
    with open_log(f"sqlite:///{path}") as log:
        reader = log.reader("bench", "bench")
        read = 0
        while read < RECORDS:
            read += len(reader.poll(BATCH, 1.0))
            reader.commit()
        reader.close()


def append_to_file(path: Path) -> None:
    """The least that a durable log can do: write a batch, fsync."""
    with path.open("wb") as file:
        for _ in range(0, RECORDS, BATCH):
            file.writelines([VALUE + b"\n"] * BATCH)
            file.flush()
            os.fsync(file.fileno())


def read_from_file(path: Path) -> None:
    """Read every line, storing the place durably after each batch."""
    with path.open("rb") as file, path.with_suffix(".place").open("wb") as place:
        for _ in range(0, RECORDS, BATCH):
            for _ in range(BATCH):
                file.readline()
            place.write(b"%d\n" % file.tell())
            place.flush()
            os.fsync(place.fileno())


def rate(action: Callable[[Path], None], path: Path) -> float:
    """Records a second."""
    begun = time.perf_counter()
    action(path)
    return RECORDS / (time.perf_counter() - begun)


def main() -> None:
    """Print the medians of a few rounds, in which both take turns."""
    actions = {"append, log": append_to_log, "append, file": append_to_file, "read, log": read_from_log, "read, file": read_from_file}
    rates: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=".") as folder:
            for name, action in actions.items():
                rates[name].append(rate(action, Path(folder).resolve() / name.rpartition(" ")[2]))
    median = {name: statistics.median(values) for name, values in rates.items()}
    print(f"records of {len(VALUE)} bytes, {BATCH} to a flush or commit, median of {ROUNDS} rounds")
    for what in ("append", "read"):
        log, file = median[f"{what}, log"], median[f"{what}, file"]
        print(f"{what:7} sqlite log {log:9,.0f}/s   plain file {file:9,.0f}/s   ratio {log / file:.2f}")


if __name__ == "__main__":
    main()
