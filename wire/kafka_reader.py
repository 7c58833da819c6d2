"""One member of a Kafka consumer group: its place in each partition, and when that place is no longer its own.

Uses no deserializers: a record that the broker holds damaged is handed on as such, with its place.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kafka import AsyncConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka import errors as kafka_errors
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import MemberState

from wire import metrics
from wire.kafka_cluster import CLIENT, CLOSE_SECONDS, REQUEST_MS, Cluster, abandon
from wire.log import CommitRefused, LogError, Record

logger = logging.getLogger(__name__)

JOIN_SECONDS = 1.0
CONSUMER = CLIENT | {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "partition_assignment_strategy": [CooperativeStickyAssignor],
    "allow_auto_create_topics": False,
    "request_timeout_ms": 30_000,
}
REFUSED_COMMITS = (
    kafka_errors.CommitFailedError,
    kafka_errors.RebalanceInProgressError,
    kafka_errors.IllegalGenerationError,
    kafka_errors.UnknownMemberIdError,
    kafka_errors.FencedInstanceIdError,
)
#: kafka-python tells the place of a record with a bad checksum only in words.
DAMAGED = re.compile(r"topic='(?P<topic>[^']+)', partition=(?P<partition>\d+)\) at offset \d+ failed crc check")


@dataclass(slots=True)
class Place:
    """Where a reader stands in a partition: from `committed` on records come again, `next` is the one after the last polled."""

    committed: int
    next: int


class KafkaReader:
    """One member of a consumer group. Everything it polled and lost to another member is that member's again."""

    def __init__(self, cluster: Cluster, group: str, topics: tuple[str, ...]) -> None:
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
                self._arrive(consumer, partition, batch[0].offset).next = batch[-1].offset + 1
                records += [self._record(one) for one in batch]
            return records

    def commit(self) -> None:
        """Make durable that everything polled so far is handled; CommitRefused where another member has the partitions now."""
        moved = {partition: place.next for partition, place in list(self._places.items()) if place.next != place.committed}
        if not moved or self._rewound:
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

    def _arrive(self, consumer: Any, partition: TopicPartition, offset: int) -> Place:
        """Our place in a partition, looked up where it is new to us. Notices where retention has taken records before we read them."""
        place = self._places.get(partition)
        if place is None:
            committed = consumer.committed(partition, timeout_ms=REQUEST_MS)
            start = offset if committed is None else min(committed, offset)
            place = self._places[partition] = Place(start, start)
        if offset > place.next:
            first = consumer.beginning_offsets([partition], timeout_ms=REQUEST_MS)[partition]
            if first > place.next:
                self._lose(partition, place.next, min(first, offset))
        return place

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
        place = self._arrive(consumer, partition, offset)
        consumer.seek(partition, offset + 1)
        place.next = offset + 1
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
