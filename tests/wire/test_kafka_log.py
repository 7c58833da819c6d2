"""What is Kafka's alone: brokers that go away, groups that share and lose partitions, damage and retention. On a real broker."""

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, TopicPartition

from deploy.local_kafka import KafkaMissing, LocalKafka
from tests.servers import kafka
from tests.waiting import metric, wait_until
from tests.wire.reading import nothing_comes, read, values, write
from wire.consume import Backoff, consume
from wire.log import CommitRefused, Log, LogUnavailable, Record, open_log
from wire.messages import FINDINGS


@pytest.fixture(scope="module")
def broker() -> Iterator[LocalKafka]:
    """A broker that these tests may stop and start."""
    try:
        with kafka.own_broker() as own:
            yield own
    except KafkaMissing as error:
        pytest.skip(str(error))


@pytest.fixture
def own_url(broker: LocalKafka) -> str:
    return f"kafka://{broker.address}?prefix=test-{uuid4().hex[:12]}-&session=2s"


@pytest.fixture
def log(kafka_log_url: str) -> Iterator[Log]:
    with open_log(kafka_log_url) as opened:
        yield opened


def test_topics_are_made_with_their_partitions(kafka_log_url: str, kafka_server: str, log: Log) -> None:
    with open_log(f"{kafka_log_url}&partitions=5") as log:
        write(log, "in", b"1")
        write(log, "in.quarantine", b"2")
        write(log, FINDINGS, b"3")
    prefix = kafka_log_url.split("prefix=")[1].split("&")[0]
    admin = KafkaAdminClient(bootstrap_servers=kafka_server)
    described = admin.describe_topics([f"{prefix}in", f"{prefix}in.quarantine", f"{prefix}{FINDINGS}"])
    admin.close()
    made = {topic["name"].removeprefix(prefix): len(topic["partitions"]) for topic in described}
    assert made == {"in": 5, "in.quarantine": 1, FINDINGS: 1}


def test_without_a_broker_everything_says_so_soon_and_leaves_no_thread() -> None:
    threads = threading.active_count()
    log = open_log("kafka://127.0.0.1:1")
    log.append("in", "key", b"1")
    started = time.monotonic()
    with pytest.raises(LogUnavailable, match=r"log kafka://127\.0\.0\.1:1: append: "):
        log.flush(2.0)
    with pytest.raises(LogUnavailable, match=r"log kafka://127\.0\.0\.1:1: group 'g' cannot read: "):
        log.reader("g", "in").poll(1, 0.1)
    assert time.monotonic() - started < 20
    wait_until(lambda: threading.active_count() <= threads)


def test_a_broker_that_stops_and_comes_back(broker: LocalKafka, own_url: str) -> None:
    threads = threading.active_count()
    with open_log(own_url) as log:
        write(log, "in", b"1", b"2", b"3")
        reader = log.reader("g", "in")
        read(reader, 1)
        reader.commit()
        read(reader, 1)
        broker.kill()
        log.append("in", "key", b"not acknowledged")
        with pytest.raises(LogUnavailable):
            log.flush(3.0)
        with pytest.raises(LogUnavailable):
            reader.commit()
        with pytest.raises(LogUnavailable):
            reader.poll(1, 0.1)
        broker.start()
        assert values(read(reader, 2)) == [b"2", b"3"]
        write(log, "in", b"4")
        assert values(read(reader, 1)) == [b"4"]
        reader.commit()
        assert reader.lag() == {"in": 0}
    wait_until(lambda: threading.active_count() <= threads)


def test_consume_resumes_when_the_broker_is_back(broker: LocalKafka, own_url: str) -> None:
    handled: list[bytes | None] = []
    stop = threading.Event()
    with open_log(own_url) as log:
        write(log, "in", b"1")

    def run() -> None:
        with open_log(own_url) as log:
            consume(log, log.reader("resumes", "in"), lambda records: handled.extend(values(records)), stop, backoff=Backoff(0.2, 1.0))

    loop = threading.Thread(target=run)
    loop.start()
    try:
        wait_until(lambda: handled == [b"1"])
        broker.kill()
        wait_until(lambda: metric("claimwire_log_waiting", group="resumes") == 1.0)
        broker.start()
        with open_log(own_url) as log:
            write(log, "in", b"2")
        wait_until(lambda: handled[-1] == b"2", seconds=60)
        wait_until(lambda: metric("claimwire_log_waiting", group="resumes") == 0.0)
    finally:
        stop.set()
        loop.join()


def test_a_damaged_record_is_handed_on_with_its_place(broker: LocalKafka, own_url: str) -> None:
    with open_log(f"{own_url}&partitions=1") as log:
        write(log, "in", b"before")
        write(log, "in", b"to be damaged, to be damaged")
        write(log, "in", b"after")
        broker.stop()
        damage(broker.home / "data" / f"{own_url.split('prefix=')[1].split('&')[0]}in-0" / "00000000000000000000.log")
        broker.start()
        reader = log.reader("g", "in")
        records = read(reader, 3)
        assert values(records) == [b"before", None, b"after"]
        assert records[1].offset == 1
        assert "failed crc check" in (records[1].damage or "")
        reader.commit()
        assert reader.lag() == {"in": 0}


def damage(segment: Path) -> None:
    """Change one byte in the second record batch of this segment. A batch is 12 bytes, of which the last 4 give the rest's length."""
    written = bytearray(segment.read_bytes())
    second = 12 + int.from_bytes(written[8:12], "big")
    written[second + 12 + int.from_bytes(written[second + 8 : second + 12], "big") - 3] ^= 0xFF
    segment.write_bytes(written)


def test_two_readers_share_the_partitions_and_lose_nothing(log: Log, kafka_log_url: str) -> None:
    """The second comes while the first reads, and leaves again: every record is handled, all partitions flow on."""
    first, second = Member(kafka_log_url), Member(kafka_log_url)
    keys = [f"key-{number}" for number in range(12)]

    def send(round_number: int) -> set[bytes]:
        written = {f"{round_number}-{key}".encode() for key in keys}
        for value in sorted(written):
            log.append("in", value.decode().split("-", 1)[1], value)
        log.flush()
        return written

    sent = send(0)
    first.start()
    wait_until(lambda: set(first.handled) >= sent)
    second.start()
    round_number = 1
    while not second.handled and round_number < 60:
        sent |= send(round_number)
        round_number += 1
        time.sleep(0.3)
    assert second.handled
    wait_until(lambda: {*first.handled, *second.handled} >= sent)
    second.stop()
    sent |= (last := send(round_number))
    wait_until(lambda: set(first.handled) >= last)
    first.stop()
    assert {*first.handled, *second.handled} == sent
    assert log.reader("g", "in").lag() == {"in": 0}


class Member:
    """A reader of group `g` in a thread of its own."""

    def __init__(self, url: str) -> None:
        self.handled: list[bytes] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(url,))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self, url: str) -> None:
        with open_log(url) as log:
            consume(log, log.reader("g", "in"), self._handle, self._stop, max_records=5, poll_seconds=0.2, backoff=Backoff(0.1, 0.1))

    def _handle(self, records: list[Record]) -> None:
        self.handled += [record.value or b"" for record in records]


def test_short_polls_do_not_starve_a_group_that_forms(kafka_log_url: str) -> None:
    """kafka-python's group leader forgot that it was joining in one case of eight, and then read nothing for ever."""

    def read_fresh(number: int) -> None:
        with open_log(kafka_log_url) as log:
            reader = log.reader("g", f"in-{number}")
            reader.poll(1, 0.01)
            write(log, f"in-{number}", b"1")
            wait_until(lambda: values(reader.poll(1, 0.05)) == [b"1"])
            done.append(number)

    done: list[int] = []
    readers = [threading.Thread(target=read_fresh, args=(number,)) for number in range(12)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert sorted(done) == list(range(12))


def test_a_stopped_process_that_wakes_up_cannot_commit(log: Log, kafka_log_url: str) -> None:
    write(log, "in", b"1", b"2")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.wire.stopped", kafka_log_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    assert child.stdout.readline() == "read\n"
    child.send_signal(signal.SIGSTOP)
    reader = log.reader("g", "in")
    assert values(read(reader, 2)) == [b"1", b"2"]
    reader.commit()
    child.send_signal(signal.SIGCONT)
    assert child.communicate("\n", 30)[0] == "refused\n"
    assert reader.lag() == {"in": 0}


def test_a_batch_that_takes_too_long_is_refused_and_read_again_in_smaller_ones(log: Log, kafka_log_url: str) -> None:
    """No livelock: eight records of 0.5 s each do not fit into a batch of 2 s, and one does."""
    write(log, "in", *(b"%d" % number for number in range(8)))
    stop = threading.Event()
    sizes: list[int] = []
    done: set[bytes | None] = set()

    def handle(records: list[Record]) -> None:
        sizes.append(len(records))
        time.sleep(0.5 * len(records))
        done.update(values(records))

    with open_log(f"{kafka_log_url}&batch=2s") as slow:
        reader = slow.reader("slow", "in")
        loop = threading.Thread(target=consume, args=(slow, reader, handle, stop), kwargs={"backoff": Backoff(0.1, 0.1)})
        loop.start()
        wait_until(lambda: len(done) == 8 and metric("claimwire_log_records_total", group="slow", topic="in", outcome="handled") >= 8, 60)
        stop.set()
        loop.join()
        assert max(sizes) == 8
        assert min(sizes) <= 4
    assert log.reader("slow", "in").lag() == {"in": 0}


def test_a_refused_commit_is_named(log: Log, kafka_log_url: str) -> None:
    write(log, "in", b"1")
    with open_log(f"{kafka_log_url}&batch=1s") as slow:
        reader = slow.reader("g", "in")
        read(reader, 1)
        time.sleep(2.5)
        with pytest.raises(CommitRefused, match="group 'g' moved on without us"):
            reader.commit()
        assert values(read(reader, 1)) == [b"1"]
        reader.commit()
        assert nothing_comes(reader, 0.5)


def test_what_retention_took_unread_is_counted_and_said(log: Log, kafka_log_url: str, caplog: pytest.LogCaptureFixture) -> None:
    with open_log(f"{kafka_log_url}&partitions=1") as log:
        write(log, "in", *(b"%d" % number for number in range(6)))
        reader = log.reader("lost", "in")
        read(reader, 1)
        reader.commit()
        reader.close()
        server, prefix = kafka_log_url.removeprefix("kafka://").split("?prefix=")
        admin = KafkaAdminClient(bootstrap_servers=server)
        admin.delete_records({TopicPartition(prefix.split("&")[0] + "in", 0): 4})
        admin.close()
        with caplog.at_level(logging.ERROR, "wire"):
            assert values(read(log.reader("lost", "in"), 2)) == [b"4", b"5"]
    assert "in/0: records 1 to 3 are LOST to group 'lost'" in caplog.text
    assert metric("claimwire_log_lost_records_total", group="lost", topic="in") == 3
