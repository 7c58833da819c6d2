"""A real Apache Kafka for tests: one node a session on a free port; gone when the session is.

Uses the broker at CLAIMWIRE_TEST_KAFKA (host:port) where it is set.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local_kafka import LocalKafka


@contextmanager
def running() -> Iterator[str]:
    """The address of a broker that runs while inside; KafkaMissing where there is none to be had."""
    given = os.environ.get("CLAIMWIRE_TEST_KAFKA")
    if given:
        yield given
        return
    with own_broker() as broker:
        yield broker.address


@contextmanager
def own_broker() -> Iterator[LocalKafka]:
    """A broker of one test's own, which it may stop and start."""
    home = Path(tempfile.mkdtemp(prefix="claimwire-kafka-"))
    try:
        broker = LocalKafka(home)
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()  # its data go with it
    finally:
        shutil.rmtree(home, ignore_errors=True)
