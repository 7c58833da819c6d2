"""The log on Apache Kafka: its writing half. Connects on first use and again after every error.

Uses no Kafka transactions: records may come twice, and the ids of messages do not change.
"""

import time
from datetime import timedelta
from typing import Any, Self

from kafka import KafkaProducer
from kafka import errors as kafka_errors

from wire.kafka_cluster import CLIENT, CLOSE_SECONDS, CONNECT_MS, LIMITS, Cluster, Limits, abandon
from wire.kafka_reader import KafkaReader
from wire.log import MAX_QUARANTINE_BYTES, Address, LogError, LogUnavailable, RecordTooLarge, check_size
from wire.settings import duration, whole

PARTITIONS = 3
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
TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)


class KafkaLog:
    """A log on the brokers `servers`. `prefix` stands before every topic and group on the broker, and nowhere else."""

    def __init__(self, servers: list[str], *, prefix: str = "", partitions: int = PARTITIONS, limits: Limits = LIMITS) -> None:
        self._cluster = Cluster(servers, prefix, partitions, limits)
        self._pending: list[tuple[str, str, bytes]] = []
        self._producer: Any = None
        self._readers: list[KafkaReader] = []

    @classmethod
    def at(cls, address: Address) -> Self:
        """The log at this address; ValueError where an option cannot be used."""
        options = address.options
        partitions = whole(options.get("partitions", str(PARTITIONS)))
        limits = Limits(**{name: duration(options[name]) for name in ("session", "batch") if name in options})
        if partitions < 1 or min(limits.session, limits.batch) < timedelta(seconds=1):
            raise ValueError("partitions should be at least 1, session and batch at least 1s")
        return cls(address.place.split(","), prefix=options.get("prefix", ""), partitions=partitions, limits=limits)

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

    def reader(self, group: str, *topics: str) -> KafkaReader:
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
