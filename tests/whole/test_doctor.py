"""`claimwire doctor` with everything there, and with each thing missing in turn: exit code, the thing's name, what to do."""

import json
import shutil
import socket
from pathlib import Path

import pytest

from classify.model import WEIGHTS
from tests.servers.postgresql import free_port
from tests.whole.conftest import Command

OPML = b'<opml version="2.0"><body><outline type="rss" text="One" xmlUrl="https://one.example/rss"/></body></opml>'


@pytest.fixture
def settings(settings: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Everything is there."""
    (tmp_path / "feeds.opml").write_bytes(OPML)
    settings["CLAIMWIRE_FEEDS"] = "feeds.opml"
    return settings


def lines(output: str) -> dict[str, tuple[str, str]]:
    """What is said of each thing: `ok` or `missing`, and the rest of its line."""
    words = (line.split(maxsplit=2) for line in output.splitlines()[:-1])
    return {name.rstrip(":"): (state, rest) for state, name, rest in words}


def missing(claimwire: Command, *names: str) -> str:
    """What is said of the first of these, which are all that is missing."""
    code, output, _ = claimwire("doctor")
    said = lines(output)
    assert code == 1
    assert {name for name, (state, _) in said.items() if state == "missing"} == set(names), output
    assert output.splitlines()[-1] == f"{len(names)} missing; see above what to do."
    return said[names[0]][1]


def test_everything_is_there(claimwire: Command) -> None:
    code, output, _ = claimwire("doctor")
    assert {name: state for name, (state, _) in lines(output).items()} == dict.fromkeys(
        ("log", "database", "feeds", "model", "desk", "telemetry"), "ok"
    )
    assert output.endswith("Nothing is missing: `claimwire run` can start.\n")
    assert code == 0


def test_everything_is_there_on_kafka_and_postgresql(
    claimwire: Command, settings: dict[str, str], kafka_log_url: str, postgresql_database_url: str
) -> None:
    settings |= {"CLAIMWIRE_LOG": kafka_log_url, "CLAIMWIRE_DATABASE": postgresql_database_url}
    code, output, _ = claimwire("doctor")
    assert code == 0
    assert "secret" not in output


def test_a_broker_that_is_down(claimwire: Command, settings: dict[str, str]) -> None:
    settings["CLAIMWIRE_LOG"] = f"kafka://127.0.0.1:{(port := free_port())}"
    said = missing(claimwire, "log")
    assert f"kafka://127.0.0.1:{port}" in said
    assert said.endswith("Is it running, and is CLAIMWIRE_LOG right?")


def test_a_log_that_cannot_be_written(claimwire: Command, settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "log.db").write_bytes(b"no database, surely" * 1000)
    settings["CLAIMWIRE_LOG"] = f"sqlite:///{tmp_path}/log.db"
    assert "not a database" in missing(claimwire, "log")


def test_a_database_that_is_down(claimwire: Command, settings: dict[str, str]) -> None:
    del settings["CLAIMWIRE_FEEDS"]
    settings["CLAIMWIRE_DATABASE"] = f"postgresql://claimwire:secret@127.0.0.1:{free_port()}/claimwire"
    said = missing(claimwire, "database", "feeds")
    assert said.startswith("CLAIMWIRE_DATABASE=postgresql://claimwire:***@127.0.0.1")
    assert "Is it running" in said


def test_an_address_that_names_no_database(claimwire: Command, settings: dict[str, str]) -> None:
    settings["CLAIMWIRE_DATABASE"] = "mysql://host/name"
    assert missing(claimwire, "database") == (
        "CLAIMWIRE_DATABASE: should be sqlite:///path/to/file or postgresql://user:password@host/name"
    )


@pytest.mark.parametrize(("content", "cause"), [(None, "No such file or directory"), (b"<html/>", "its root is <html>")])
def test_a_feed_list_that_cannot_be_read(
    claimwire: Command, settings: dict[str, str], tmp_path: Path, content: bytes | None, cause: str
) -> None:
    settings["CLAIMWIRE_FEEDS"] = str(tmp_path / "other.opml")
    if content:
        (tmp_path / "other.opml").write_bytes(content)
    said = missing(claimwire, "feeds")
    assert said.startswith(f"CLAIMWIRE_FEEDS={tmp_path}/other.opml: ")
    assert cause in said


def test_no_feeds_until_one_is_added(claimwire: Command, settings: dict[str, str]) -> None:
    del settings["CLAIMWIRE_FEEDS"]
    assert "claimwire feeds add ADDRESS" in missing(claimwire, "feeds")
    assert claimwire("feeds", "add", "https://one.example/rss")[0] == 0
    code, output, _ = claimwire("doctor")
    assert (code, lines(output)["feeds"]) == (0, ("ok", "1 on the list"))


def test_a_model_that_is_corrupt(claimwire: Command, settings: dict[str, str], tmp_path: Path) -> None:
    settings["CLAIMWIRE_MODEL"] = str(shutil.copytree(WEIGHTS, tmp_path / "model"))
    with (tmp_path / "model" / "reader.onnx").open("r+b") as weights:
        weights.write(b"spoiled")
    assert missing(claimwire, "model").startswith(f"{tmp_path}/model/reader.onnx: is not the file that model.json was written for.")


def test_a_model_of_other_labels_or_none(claimwire: Command, settings: dict[str, str], tmp_path: Path) -> None:
    settings["CLAIMWIRE_MODEL"] = str(tmp_path / "model")
    assert "CLAIMWIRE_MODEL" in missing(claimwire, "model")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.json").write_text(json.dumps({"labels": {"kinds": ["weather"]}}))
    assert "claimwire train" in missing(claimwire, "model")


@pytest.mark.parametrize(("thing", "variable"), [("desk", "CLAIMWIRE_DESK_PORT"), ("telemetry", "CLAIMWIRE_TELEMETRY_PORT")])
def test_a_port_that_is_taken(claimwire: Command, settings: dict[str, str], thing: str, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings[variable] = str(taken.getsockname()[1])
        assert f"{variable}={settings[variable]}: Address already in use" in missing(claimwire, thing)
