"""Helpers for the tests of the log: read a known number of records, put in what `append` would not."""

import sqlite3
import time

from kafka import KafkaProducer

from wire.log import Log, Reader, Record, parse_address


def read(reader: Reader, count: int, seconds: float = 30.0) -> list[Record]:
    """The next `count` records; fails where they do not come in time."""
    found: list[Record] = []
    deadline = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < deadline:
        found += reader.poll(count - len(found), 0.5)
    assert len(found) == count, f"{len(found)} records came instead of {count}"
    return found


def nothing_comes(reader: Reader, seconds: float = 1.0) -> bool:
    """Whether the reader has reached the end."""
    return not reader.poll(10, seconds)


def values(records: list[Record]) -> list[bytes | None]:
    """The records' values, in their order."""
    return [record.value for record in records]


def write(log: Log, topic: str, *written: bytes, key: str = "key") -> None:
    """Append these values under one key and flush."""
    for value in written:
        log.append(topic, key, value)
    log.flush()


def write_null(url: str, topic: str, key: str) -> None:
    """Put a record without a value on the topic, as another program might. The topic has to be there."""
    address = parse_address(url)
    if address.scheme == "sqlite":
        with sqlite3.connect(address.place) as connection:
            connection.execute("INSERT INTO records (topic, key, value, at) VALUES (?, ?, NULL, 0)", (topic, key))
        connection.close()
        return
    producer = KafkaProducer(bootstrap_servers=address.place)
    producer.send(address.options["prefix"] + topic, None, key.encode()).get(20)
    producer.close(5)
