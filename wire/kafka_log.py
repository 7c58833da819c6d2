"""The log on Apache Kafka, and the only module that speaks to it. Connects on first use and again after every error.

Uses no Kafka transactions and no deserializers: a record that cannot be read is handed on as damaged, with its place.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from kafka import AsyncConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition
from kafka import errors as kafka_errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.net.compat import KafkaNetClient
from kafka.structs import MemberState

from wire import metrics
from wire.log import MAX_QUARANTINE_BYTES, Address, CommitRefused, LogError, LogUnavailable, Record, RecordTooLarge, check_size
from wire.messages import QUARANTINE_SUFFIX
from wire.settings import duration

logger = logging.getLogger(__name__)

PARTITIONS = 3
CONNECT_MS = 5_000
#: One request: a commit, a look at offsets. A broker that restarts answers again within this time or the loop backs off.
REQUEST_MS = 10_000
CLOSE_SECONDS = 5.0
JOIN_SECONDS = 1.0

CLIENT = {"client_id": "claimwire", "bootstrap_timeout_ms": CONNECT_MS, "reconnect_backoff_max_ms": 2000}
CONSUMER = CLIENT | {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "partition_assignment_strategy": [CooperativeStickyAssignor],
    "allow_auto_create_topics": False,
    "request_timeout_ms": 30_000,
}
PRODUCER = CLIENT | {
    "acks": "all",
    "enable_idempotence": True,
    "compression_type": "gzip",
    "batch_size": 128 * 1024,
    "max_request_size": MAX_QUARANTINE_BYTES + 40_000,
    "max_block_ms": CONNECT_MS,
    "delivery_timeout_ms": 60_000,
    "request_timeout_ms": 20_000,
    "allow_auto_create_topics": False,
}
REFUSED_COMMITS = (
    kafka_errors.CommitFailedError,
    kafka_errors.RebalanceInProgressError,
    kafka_errors.IllegalGenerationError,
    kafka_errors.UnknownMemberIdError,
    kafka_errors.FencedInstanceIdError,
)
TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)
#: kafka-python tells the place of a record with a bad checksum only in words.
DAMAGED = re.compile(r"topic='(?P<topic>[^']+)', partition=(?P<partition>\d+)\) at offset \d+ failed crc check")


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


class KafkaLog:
    """A log on the brokers `servers`. `prefix` stands before every topic and group on the broker, and nowhere else."""

    def __init__(self, servers: list[str], *, prefix: str = "", partitions: int = PARTITIONS, limits: Limits = Limits()) -> None:
        self._cluster = Cluster(servers, prefix, partitions, limits)
        self._pending: list[tuple[str, str, bytes]] = []
        self._producer: Any = None
        self._readers: list[KafkaReader] = []

    @classmethod
    def at(cls, address: Address) -> Self:
        """The log at this address; ValueError where an option cannot be used."""
        options = address.options
        partitions = options.get("partitions", str(PARTITIONS))
        if not partitions.isdigit() or not int(partitions):
            raise ValueError(f"partitions={partitions}: should be a whole number, such as 3")
        limits = Limits(**{name: duration(options[name]) for name in ("session", "batch") if name in options})
        return cls(address.place.split(","), prefix=options.get("prefix", ""), partitions=int(partitions), limits=limits)

    def append(self, topic: str, key: str, value: bytes) -> None:
        """Hand over a record, durable only after `flush`; RecordTooLarge above MAX_RECORD_BYTES."""
        check_size(topic, key, value)
        self._pending.append((topic, key, value))

    def flush(self, timeout: float = 30.0) -> None:
        """Send every append and wait for all in-sync replicas; LogUnavailable where one is not acknowledged in `timeout` seconds."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        deadline = time.monotonic() + timeout
        try:
            with self._cluster.naming("append"):
                self._cluster.make_topics({topic for topic, _, _ in pending})
                self._send(pending, deadline)
        except LogError:
            self._drop_producer()
            raise

    def _send(self, pending: list[tuple[str, str, bytes]], deadline: float) -> None:
        """One delivery a record, each asked for its outcome: a flush may return with some undecided or failed."""
        if self._producer is None:
            self._producer = self._cluster.connect(KafkaProducer, PRODUCER)
        deliveries = [
            (topic, key, self._producer.send(self._cluster.prefix + topic, value, key.encode("utf-8", "surrogatepass")))
            for topic, key, value in pending
        ]
        self._producer.flush(max(0.1, deadline - time.monotonic()))
        undelivered = sum(not delivery.is_done for _, _, delivery in deliveries)
        if undelivered:
            raise LogUnavailable(f"log {self._cluster}: {undelivered} of {len(deliveries)} records were not acknowledged in time")
        for topic, key, delivery in deliveries:
            if delivery.failed():
                if isinstance(delivery.exception, TOO_LARGE):
                    raise RecordTooLarge(f"log {self._cluster}: {topic}: the broker refuses record {key!r}: {delivery.exception}")
                raise delivery.exception

    def discard(self) -> None:
        """Forget what was appended since the last flush."""
        self._pending.clear()

    def reader(self, group: str, *topics: str) -> "KafkaReader":
        """A new cursor of `group`. Several of them, in any processes, share the topics' partitions."""
        reader = KafkaReader(self._cluster, group, topics)
        self._readers.append(reader)
        return reader

    def close(self) -> None:
        """Leave the brokers and close the readers. Flushes nothing."""
        for reader in self._readers:
            reader.close()
        self._drop_producer()

    def _drop_producer(self) -> None:
        """End the producer with what it still holds, so that nothing of that is sent behind what the next producer sends."""
        producer, self._producer = self._producer, None
        if producer is not None:
            producer._sender.force_close()  # close() alone gives up at its timeout and leaves the thread sending
            abandon(lambda: producer.close(timeout=CLOSE_SECONDS))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(slots=True)
class Place:
    """Where a reader stands in a partition: from `committed` on records come again, `next` is the one after the last polled."""

    committed: int
    next: int


class KafkaReader:
    """One member of a consumer group. Everything it polled and lost to another member is that member's again."""

    def __init__(self, cluster: "Cluster", group: str, topics: tuple[str, ...]) -> None:
        self.group = group
        self.topics = topics
        self._cluster = cluster
        self._consumer: Any = None
        self._places: dict[TopicPartition, Place] = {}
        self._rewound = False
        self._polled = False

    def poll(self, max_records: int, timeout: float) -> list[Record]:
        """Up to `max_records` new records, waiting at most `timeout` seconds for the first (longer where it has to connect first)."""
        with self._rebuilding("read"):
            consumer = self._connected()
            if self._rewound:
                self._seek_back(consumer)
            if consumer.group_metadata().state != MemberState.STABLE:
                timeout = self._go_on_joining(consumer, timeout)
            try:
                self._polled = True
                batches = consumer.poll(timeout_ms=int(timeout * 1000), max_records=max_records)
            except kafka_errors.CorruptRecordError as error:
                return [self._step_over(consumer, error)]
            records: list[Record] = []
            for partition, batch in batches.items():
                self._arrive(consumer, partition, batch[0].offset)
                self._places[partition].next = batch[-1].offset + 1
                records += [self._record(one) for one in batch]
            return records

    def commit(self) -> None:
        """Make durable that everything polled so far is handled; CommitRefused where another member has the partitions now."""
        moved = {partition: place.next for partition, place in list(self._places.items()) if place.next != place.committed}
        if not moved:
            return
        with self._rebuilding("commit"):
            offsets = {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in moved.items()}
            try:
                self._consumer.commit(offsets, timeout_ms=REQUEST_MS)
            except REFUSED_COMMITS as error:
                raise CommitRefused(
                    f"log {self._cluster}: group {self.group!r} moved on without us, its records come again: {error}"
                ) from error
        for partition, offset in moved.items():
            if place := self._places.get(partition):
                place.committed = offset

    def rewind(self) -> None:
        """Go back to the last commit: what was polled since comes again. The next poll does it."""
        self._rewound = True

    def lag(self) -> dict[str, int]:
        """Records not yet committed, by topic: of this member's partitions, or of all before its first poll."""
        lag = dict.fromkeys(self.topics, 0)
        with self._rebuilding("measure the lag"):
            consumer = self._connected()
            partitions = sorted(consumer.assignment()) if self._polled else self._all_partitions(consumer)
            ends = consumer.end_offsets(partitions, timeout_ms=REQUEST_MS) if partitions else {}
            starts = consumer.beginning_offsets(partitions, timeout_ms=REQUEST_MS) if partitions else {}
            for partition in partitions:
                committed = consumer.committed(partition, timeout_ms=REQUEST_MS) or 0
                lag[self._cluster.topic(partition)] += max(0, ends[partition] - max(committed, starts[partition]))
        return lag

    def close(self) -> None:
        """Leave the group. Commits nothing."""
        consumer, self._consumer = self._consumer, None
        self._places.clear()
        if consumer is not None:
            abandon(lambda: consumer.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000)))

    def forget(self, partitions: Iterable[TopicPartition]) -> None:
        """Another member has these partitions, or soon will: what was polled of them is not ours to commit."""
        for partition in partitions:
            self._places.pop(partition, None)

    def _connected(self) -> Any:
        if self._consumer is None:
            self._cluster.make_topics(self.topics)
            group = self._cluster.prefix + self.group
            self._consumer = self._cluster.connect(KafkaConsumer, CONSUMER | self._cluster.limits.settings() | {"group_id": group})
            self._consumer.subscribe([self._cluster.prefix + topic for topic in self.topics], listener=Listener(self))
            self._rewound = self._polled = False
        return self._consumer

    @contextmanager
    def _rebuilding(self, doing: str) -> Iterator[None]:
        """kafka-python's consumer may be of no more use after an error: the next call makes a new one, at the last commit."""
        try:
            with self._cluster.naming(f"group {self.group!r} cannot {doing}"):
                yield
        except CommitRefused:
            raise  # the consumer is well: it joins its group again at the next poll
        except LogError:
            self.close()
            raise

    def _go_on_joining(self, consumer: Any, timeout: float) -> float:
        """Seconds to poll for while the group forms, which must not be few.

        When new topic metadata makes the group's leader join again and a poll ends before that is done, kafka-python 3.0.12
        forgets that it was joining: it waits for nothing, for ever. So we say again that it has to join.
        """
        if consumer.group_metadata().state == MemberState.REBALANCING:
            consumer._coordinator.request_rejoin()
        return max(timeout, JOIN_SECONDS)

    def _seek_back(self, consumer: Any) -> None:
        for partition, place in list(self._places.items()):
            if partition in consumer.assignment():
                consumer.seek(partition, place.committed)
                place.next = place.committed
        self._rewound = False

    def _arrive(self, consumer: Any, partition: TopicPartition, offset: int) -> None:
        """Know our place in a partition that is new to us, and notice where retention has taken records before we read them."""
        place = self._places.get(partition)
        if place is None:
            committed = consumer.committed(partition, timeout_ms=REQUEST_MS)
            start = offset if committed is None else min(committed, offset)
            place = self._places[partition] = Place(start, start)
        if offset > place.next:
            first = consumer.beginning_offsets([partition], timeout_ms=REQUEST_MS)[partition]
            if first > place.next:
                self._lose(partition, place.next, min(first, offset))

    def _lose(self, partition: TopicPartition, first: int, end: int) -> None:
        topic = self._cluster.topic(partition)
        logger.error(
            "%s/%d: records %d to %d are LOST to group %r: the broker's retention took them before they were read",
            topic, partition.partition, first, end - 1, self.group,
        )  # fmt: skip
        metrics.LOST.labels(self.group, topic).inc(end - first)

    def _step_over(self, consumer: Any, error: Exception) -> Record:
        """The record that the broker holds damaged, as far as it is known: its place. The next poll goes on behind it."""
        found = DAMAGED.search(str(error))
        if found is None:
            raise error
        partition = TopicPartition(found["topic"], int(found["partition"]))
        offset = consumer.position(partition, timeout_ms=REQUEST_MS)
        self._arrive(consumer, partition, offset)
        consumer.seek(partition, offset + 1)
        self._places[partition].next = offset + 1
        topic = self._cluster.topic(partition)
        return Record(topic, partition.partition, offset, None, None, datetime.now(UTC), damage=f"damaged on the broker: {error}")

    def _record(self, one: Any) -> Record:
        key = None if one.key is None else one.key.decode("utf-8", "replace")
        return Record(
            one.topic.removeprefix(self._cluster.prefix), one.partition, one.offset, key, one.value,
            datetime.fromtimestamp(max(0, one.timestamp) / 1000, UTC),
        )  # fmt: skip

    def _all_partitions(self, consumer: Any) -> list[TopicPartition]:
        names = [self._cluster.prefix + topic for topic in self.topics]
        return [TopicPartition(name, number) for name in names for number in sorted(consumer.partitions_for_topic(name))]


class Listener(AsyncConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the reader which partitions it no longer has. Runs on kafka-python's I/O thread while the reader's waits in `poll`."""

    def __init__(self, reader: KafkaReader) -> None:
        self._reader = reader

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Our place is looked up when the first record arrives."""

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """What we did not commit comes again to the new owner."""
        self._reader.forget(revoked)


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
        """Make those that are missing; a quarantine has one partition."""
        if set(topics) <= self._known:
            return
        admin = self.connect(KafkaAdminClient, CLIENT)
        try:
            missing = sorted(self.prefix + topic for topic in topics)
            missing = [name for name in missing if name not in set(admin.list_topics())]
            wanted = {name: {"num_partitions": 1 if name.endswith(QUARANTINE_SUFFIX) else self._partitions} for name in missing}
            if wanted:
                self._create(admin, wanted)
            self._known.update(topics)
        finally:
            abandon(admin.close)

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
