"""What every log promises, run unchanged on both backends; Kafka's on a real broker."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from tests.wire.killed import POINTS
from tests.wire.reading import nothing_comes, read, values, write, write_null
from wire.log import MAX_RECORD_BYTES, Log, RecordTooLarge, open_log


@pytest.fixture
def log(log_url: str) -> Iterator[Log]:
    with open_log(log_url) as opened:
        yield opened


def test_order_within_a_key(log: Log) -> None:
    for number in range(40):
        log.append("in", f"key-{number % 4}", b"%d" % number)
    log.flush()
    records = read(log.reader("g", "in"), 40)
    for key in range(4):
        assert [int(record.value or b"") for record in records if record.key == f"key-{key}"] == list(range(key, 40, 4))


def test_a_record_is_read_as_it_was_written(log: Log) -> None:
    before = time.time()
    write(log, "in", "Größe €".encode(), key="schlüssel")
    (record,) = read(log.reader("g", "in"), 1)
    assert (record.topic, record.key, record.value) == ("in", "schlüssel", "Größe €".encode())
    assert before - 1 < record.timestamp.timestamp() < time.time() + 1
    assert record.where == f"in/{record.partition}/{record.offset}"


def test_what_is_not_flushed_is_not_there(log: Log) -> None:
    write(log, "in", b"flushed")
    log.append("in", "key", b"not flushed")
    reader = log.reader("g", "in")
    assert values(read(reader, 1)) == [b"flushed"]
    assert nothing_comes(reader)


def test_what_is_discarded_is_never_written(log: Log) -> None:
    log.append("in", "key", b"discarded")
    log.discard()
    write(log, "in", b"written")
    reader = log.reader("g", "in")
    assert values(read(reader, 1)) == [b"written"]
    assert nothing_comes(reader)


def test_committed_is_not_read_again(log: Log) -> None:
    write(log, "in", b"1", b"2", b"3")
    first = log.reader("g", "in")
    read(first, 2)
    first.commit()
    first.close()
    second = log.reader("g", "in")
    assert values(read(second, 1)) == [b"3"]
    assert nothing_comes(second)
    second.close()


def test_uncommitted_comes_again(log: Log) -> None:
    write(log, "in", b"1", b"2", b"3")
    first = log.reader("g", "in")
    read(first, 1)
    first.commit()
    read(first, 2)
    first.close()
    second = log.reader("g", "in")
    assert values(read(second, 2)) == [b"2", b"3"]
    second.close()


def test_rewind_goes_back_to_the_last_commit(log: Log) -> None:
    write(log, "in", b"1", b"2", b"3", b"4")
    reader = log.reader("g", "in")
    read(reader, 1)
    reader.commit()
    read(reader, 2)
    reader.rewind()
    assert values(read(reader, 3)) == [b"2", b"3", b"4"]
    reader.commit()
    reader.rewind()
    assert nothing_comes(reader)


def test_a_commit_after_a_rewind_commits_nothing(log: Log) -> None:
    write(log, "in", b"1", b"2")
    reader = log.reader("g", "in")
    read(reader, 2)
    reader.rewind()
    reader.commit()
    assert values(read(reader, 2)) == [b"1", b"2"]


def test_rewind_before_any_commit_goes_to_the_start(log: Log) -> None:
    write(log, "in", b"1", b"2")
    reader = log.reader("g", "in")
    read(reader, 2)
    reader.rewind()
    assert values(read(reader, 2)) == [b"1", b"2"]


def test_groups_do_not_disturb_each_other(log: Log) -> None:
    write(log, "in", b"1", b"2")
    one, other = log.reader("one", "in"), log.reader("other", "in")
    read(one, 2)
    one.commit()
    assert values(read(other, 2)) == [b"1", b"2"]
    assert (one.lag(), other.lag()) == ({"in": 0}, {"in": 2})


def test_several_topics_in_one_reader(log: Log) -> None:
    write(log, "in", b"1")
    write(log, "also", b"2")
    write(log, "not", b"3")
    reader = log.reader("g", "in", "also")
    assert sorted((record.topic, record.value) for record in read(reader, 2)) == [("also", b"2"), ("in", b"1")]
    assert nothing_comes(reader)


def test_lag_counts_what_is_not_committed(log: Log) -> None:
    write(log, "in", b"1", b"2", b"3")
    reader = log.reader("g", "in")
    assert reader.lag() == {"in": 3}
    read(reader, 2)
    assert reader.lag() == {"in": 3}
    reader.commit()
    assert reader.lag() == {"in": 1}


def test_poll_waits_for_a_record_and_no_longer(log: Log, log_url: str) -> None:
    write(log, "in", b"1")
    reader = log.reader("g", "in")
    read(reader, 1)

    def later() -> None:
        time.sleep(0.3)
        with open_log(log_url) as other:
            write(other, "in", b"2")

    writer = threading.Thread(target=later)
    started = time.monotonic()
    writer.start()
    assert values(reader.poll(10, 20.0)) == [b"2"]
    assert time.monotonic() - started < 10
    writer.join()


def test_poll_takes_no_more_than_asked(log: Log) -> None:
    write(log, "in", *(b"%d" % number for number in range(20)))
    reader = log.reader("g", "in")
    assert len(read(reader, 1)) == 1
    assert len(reader.poll(5, 10.0)) <= 5


def test_null_and_undecodable_values_pass_as_they_are(log: Log, log_url: str) -> None:
    write(log, "in", b"\xff\xfe\x00", b"")
    write_null(log_url, "in", "key")
    assert values(read(log.reader("g", "in"), 3)) == [b"\xff\xfe\x00", b"", None]


def test_a_record_that_is_too_large_is_refused_by_name_and_the_log_goes_on(log: Log) -> None:
    with pytest.raises(RecordTooLarge, match=r"in: record 'huge' has 700001 bytes"):
        log.append("in", "huge", b"x" * (MAX_RECORD_BYTES + 1))
    largest = b"x" * MAX_RECORD_BYTES
    write(log, "in", largest)
    assert values(read(log.reader("g", "in"), 1)) == [largest]


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_resumed(log: Log, log_url: str, point: str) -> None:
    """Nothing that was not committed is lost, nothing that was committed comes again, nothing is half there."""
    write(log, "in", b"1", b"2", b"3")
    child = subprocess.run([sys.executable, "-m", "tests.wire.killed", log_url, point], timeout=60)
    assert child.returncode == -signal.SIGKILL
    copied = log.reader("reads the copies", "out")
    reader = log.reader("copy", "in")
    if point == "after commit":
        assert nothing_comes(reader, 4.0)
    else:
        assert values(read(reader, 3)) == [b"1", b"2", b"3"]
    if point in ("after flush", "after commit"):
        assert values(read(copied, 3)) == [b"1", b"2", b"3"]
    assert nothing_comes(copied)
