"""The demo's world through three processes over Kafka and PostgreSQL, and through the all-in-one over SQLite: the same alerts.

What the ledger makes of a report depends on what it knows already, so the articles have to be read in the same order both times. Feeds
that are polled side by side, and articles on several partitions, keep one roughly: here a story comes out when the one before it is tagged.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Engine, select

from alerts.ledger.opening import open_ledger
from alerts.ledger.reading import recent_alerts
from alerts.ledger.schema import findings
from alerts.nouns import Alert
from demo.app import HOST, service_settings, write_opml
from demo.hold import Hold
from demo.server import serve
from demo.world import World
from tests.servers.postgresql import free_port
from tests.whole.gate import Gate
from tests.whole.processes import Process, total, wait_until
from wire.database import read_only
from wire.log import Log, Record, open_log
from wire.messages import ARTICLES, FINDINGS, Finding

pytestmark = pytest.mark.timeout(900)

HELD = 10.0  # seconds; ingest gives up a fetch after 20
SETTINGS = {
    "CLAIMWIRE_POLL_MIN": "0.1s",
    "CLAIMWIRE_POLL_MAX": "0.1s",
    "CLAIMWIRE_POLLS": "64",  # a poll that the gate holds up keeps its place
    "CLAIMWIRE_HOST_LIMIT": "64",
    "CLAIMWIRE_PARSERS": "1",
    "CLAIMWIRE_TERMINAL": "no",
    "CLAIMWIRE_DESK_PORT": "0",
}


def test_the_same_alerts_as_the_all_in_one(
    tmp_path: Path, kafka_log_url: str, postgresql_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    one = {"CLAIMWIRE_LOG": f"sqlite:///{tmp_path}/log.db", "CLAIMWIRE_DATABASE": f"sqlite:///{tmp_path}/claimwire.db"}
    three = {"CLAIMWIRE_LOG": kafka_log_url, "CLAIMWIRE_DATABASE": postgresql_database_url}
    with ThreadPoolExecutor() as pool:
        alone = pool.submit(alerts_of, tmp_path / "one", one, ["run"])
        apart = pool.submit(alerts_of, tmp_path / "three", three, ["ingest", "classify", "alerts"])
        told, told_apart = alone.result(), apart.result()
    assert told
    assert sorted(told - told_apart) == sorted(told_apart - told) == []
    with capsys.disabled():
        print(f"\n{len(told)} alerts, each by the all-in-one and by three processes")


def alerts_of(folder: Path, stores: dict[str, str], commands: Sequence[str]) -> set[str]:
    """The alerts that these processes raise once they have read the whole world, story by story."""
    world = World.load()
    gate = Gate(world)
    with serve(world, HOST, 0, gate.clock, Hold(world, gate.clock, HELD)) as served, ExitStack() as stack:
        write_opml(world, folder, served.address)
        settings = service_settings(folder) | SETTINGS | stores
        ports = {command: free_port() for command in commands}
        processes = [
            stack.enter_context(Process(folder, settings | {"CLAIMWIRE_TELEMETRY_PORT": str(port)}, command))
            for command, port in ports.items()
        ]
        log = stack.enter_context(open_log(stores["CLAIMWIRE_LOG"]))
        port = ports.get("classify") or ports["run"]
        handled = {"group": "classify", "topic": ARTICLES, "outcome": "handled"}
        play(world, gate, lambda: total(port, "claimwire_log_records_total", **handled), processes)
        found = {Finding.decode(record.value).id for record in everything(log, FINDINGS)}
        engine = open_ledger(stores["CLAIMWIRE_DATABASE"])
        stack.callback(engine.dispose)
        wait_until(lambda: recorded(engine) == found, "all findings recorded", *processes)
        assert [process.stop() for process in processes] == [0] * len(processes)
        return {words(alert) for alert in recent_alerts(engine, 10_000)}


def play(world: World, gate: Gate, tagged: Callable[[], float], processes: Sequence[Process]) -> None:
    """Bring the stories out, each when the one before it is tagged."""
    readable = 0
    for story in world.stories.values():
        gate.publish(story)
        if world.outlets[story.outlet].language == "en":  # the others are counted by ingest and go no further
            readable += 1
            wait_until(lambda: tagged() >= readable, f"{story.path} tagged", *processes)  # noqa: B023


def everything(log: Log, topic: str) -> list[Record]:
    """All records that are on a topic now."""
    reader = log.reader("test", topic)
    there, found = reader.lag()[topic], list[Record]()
    while len(found) < there:
        found += reader.poll(500, 1.0)
    reader.close()
    return found


def recorded(engine: Engine) -> set[str]:
    """The findings in a ledger."""
    with read_only(engine).connect() as connection:
        return set(connection.execute(select(findings.c.id)).scalars())


def words(alert: Alert) -> str:
    """An alert without what differs from run to run: ids, addresses of servers, the time of the run."""
    claim = f"{alert.topic} {'+'.join(alert.force)} {alert.place}"
    return f"{claim}: {alert.side} {alert.previous} -> {alert.stance} ({alert.reason}), {urlsplit(alert.url).path}, {alert.sentence!r}"
