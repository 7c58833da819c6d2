"""The Kafka brokers behind a log: connecting, making topics, and turning what kafka-python raises into the log's errors.

Shared by the log's writing half (`kafka_log`) and its reading half (`kafka_reader`); nothing else speaks to Kafka.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka import errors as kafka_errors
from kafka.net.compat import KafkaNetClient

from wire.log import LogError, LogUnavailable
from wire.messages import FINDINGS, QUARANTINE_SUFFIX

logger = logging.getLogger(__name__)

CONNECT_MS = 5_000
#: One request: a commit, a look at offsets. A broker that restarts answers again within this time or the loop backs off.
REQUEST_MS = 10_000
CLOSE_SECONDS = 5.0
#: What every client is told.
CLIENT = {"client_id": "claimwire", "bootstrap_timeout_ms": CONNECT_MS, "reconnect_backoff_max_ms": 2000}


@dataclass(frozen=True, slots=True)
class Limits:
    """When a group gives up a reader. A reader that is silent for `session` is dead (its process was killed, say); one that
    handles a batch for longer than `batch` is refused when it commits, and reads smaller batches from then on.
    """

    session: timedelta = timedelta(seconds=10)
    batch: timedelta = timedelta(minutes=5)

    def settings(self) -> dict[str, int]:
        """As kafka-python calls them."""
        session = milliseconds(self.session)
        return {"session_timeout_ms": session, "heartbeat_interval_ms": session // 5, "max_poll_interval_ms": milliseconds(self.batch)}


LIMITS = Limits()


class Cluster:
    """The brokers, and which topics are known to be there."""

    def __init__(self, servers: list[str], prefix: str, partitions: int, limits: Limits) -> None:
        self.servers = servers
        self.prefix = prefix
        self.limits = limits
        self._partitions = partitions
        self._known: set[str] = set()

    def __str__(self) -> str:
        return f"kafka://{','.join(self.servers)}"

    def connect(self, kind: Callable[..., Any], settings: dict[str, Any]) -> Any:
        """A new client. One that cannot connect in its constructor would leave its network thread behind, so we end that."""
        networks: list[KafkaNetClient] = []

        def network(**configuration: Any) -> KafkaNetClient:
            networks.append(KafkaNetClient(**configuration))
            return networks[0]

        try:
            return kind(bootstrap_servers=self.servers, kafka_client=network, **settings)
        except Exception:
            for one in networks:
                abandon(one.close)
            raise

    def topic(self, partition: TopicPartition) -> str:
        """The partition's topic as the project names it."""
        return str(partition.topic.removeprefix(self.prefix))

    def make_topics(self, topics: Iterable[str]) -> None:
        """Make those that are missing; what is read in one order has one partition."""
        if set(topics) <= self._known:
            return
        admin = self.connect(KafkaAdminClient, CLIENT)
        try:
            missing = sorted(self.prefix + topic for topic in topics)
            missing = [name for name in missing if name not in set(admin.list_topics())]
            wanted = {name: {"num_partitions": self._partitions_of(name.removeprefix(self.prefix))} for name in missing}
            if wanted:
                self._create(admin, wanted)
            self._known.update(topics)
        finally:
            abandon(admin.close)

    def _partitions_of(self, topic: str) -> int:
        return 1 if topic == FINDINGS or topic.endswith(QUARANTINE_SUFFIX) else self._partitions

    def _create(self, admin: Any, wanted: dict[str, dict[str, int]]) -> None:
        with suppress(kafka_errors.TopicAlreadyExistsError):  # somebody else was faster
            admin.create_topics(wanted, timeout_ms=REQUEST_MS)
        admin.wait_for_topics(list(wanted), timeout_ms=REQUEST_MS)
        logger.info("made the topics %s", ", ".join(f"{name} ({one['num_partitions']} partitions)" for name, one in wanted.items()))

    @contextmanager
    def naming(self, doing: str) -> Iterator[None]:
        """Turns whatever kafka-python raises into LogUnavailable; what is no KafkaError (a race in its threads, say) is logged in full."""
        try:
            yield
        except LogError:
            raise
        except Exception as error:
            if not isinstance(error, kafka_errors.KafkaError | OSError):
                logger.exception("log %s: %s failed in an unknown way", self, doing)
            raise LogUnavailable(f"log {self}: {doing}: {type(error).__name__}: {error}") from error


def milliseconds(span: timedelta) -> int:
    """Whole milliseconds."""
    return int(span / timedelta(milliseconds=1))


def abandon(close: Callable[[], object]) -> None:
    """Close a client that may hang in closing: wait a while for it, then let its thread go."""

    def quietly() -> None:
        try:
            close()
        except Exception as error:  # it is given up anyway
            logger.debug("closing a Kafka client: %s", error)

    closing = threading.Thread(target=quietly, name="kafka-close", daemon=True)
    closing.start()
    closing.join(CLOSE_SECONDS)
