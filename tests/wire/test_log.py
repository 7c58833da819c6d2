"""A log's address: what is one, what is not, and what each part means."""

import pytest

from wire.log import ADDRESS_HELP, Address, open_log, parse_address
from wire.sqlite_log import SqliteLog


def test_an_address_is_taken_apart() -> None:
    assert parse_address("sqlite:///data/log.db?keep=7d") == Address("sqlite", "data/log.db", {"keep": "7d"})
    assert parse_address("sqlite:////var/log.db") == Address("sqlite", "/var/log.db")
    assert parse_address("kafka://a:9092,b:9092/?prefix=x-") == Address("kafka", "a:9092,b:9092", {"prefix": "x-"})


@pytest.mark.parametrize("url", ["", "log.db", "sqlite://log.db", "sqlite:///", "kafka://", "kafka:///", "redis://host"])
def test_what_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=ADDRESS_HELP):
        open_log(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///log.db?prefix=x", "not an option of a sqlite log: prefix"),
        ("kafka://a:1?keep=7d&size=1", "not an option of a kafka log: keep, size"),
        ("sqlite:///log.db?keep=long", "should be a duration"),
        ("kafka://a:1?partitions=many", "should be a whole number"),
        ("kafka://a:1?partitions=0", "partitions should be at least 1"),
        ("kafka://a:1?session=0s", "session and batch at least 1s"),
        ("kafka://a:1?batch=", "should be a duration"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(url: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        open_log(url)


def test_opening_kafka_connects_to_nothing() -> None:
    open_log("kafka://127.0.0.1:1").close()


def test_a_relative_path_is_relative(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    with open_log("sqlite:///deep/log.db") as log:
        assert isinstance(log, SqliteLog)
    assert (tmp_path / "deep" / "log.db").exists()
