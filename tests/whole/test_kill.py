"""kill -9 of the all-in-one, ten times at random moments while the demo's world plays: nothing is lost, nobody is told twice."""

import json
import random
import sqlite3
from collections import defaultdict, deque
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from alerts.ledger import outbox
from alerts.ledger.opening import open_ledger
from alerts.ledger.schema import alerts, deliveries, findings, positions
from demo.app import HOST, service_settings, write_opml
from demo.server import serve
from demo.world import World
from tests.servers import webhooks
from tests.whole.gate import Gate
from tests.whole.processes import Process, wait_until
from wire.database import read_only
from wire.log import open_log
from wire.messages import ARTICLES, FINDINGS, Article, Finding

KILLS = 10
SEED = 20250426
AHEAD = 25  # stories; a feed shows 30
SETTINGS = {
    "CLAIMWIRE_POLL_MIN": "0.3s",
    "CLAIMWIRE_POLL_MAX": "0.3s",
    "CLAIMWIRE_PARSERS": "1",
    "CLAIMWIRE_TERMINAL": "no",
    "CLAIMWIRE_DESK_PORT": "0",
    "CLAIMWIRE_TELEMETRY_PORT": "none",
}

pytestmark = pytest.mark.timeout(900)


@dataclass(frozen=True)
class Stores:
    """The log and the ledger in a folder, looked at while another process uses them."""

    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """The settings that put them there."""
        return {"CLAIMWIRE_LOG": f"sqlite:///{self.folder}/log.db", "CLAIMWIRE_DATABASE": f"sqlite:///{self.folder}/claimwire.db"}

    def articles(self) -> int:
        """Different articles on the log."""
        return self._ask("SELECT count(DISTINCT key) FROM records WHERE topic = ?", ARTICLES)

    def tagged(self) -> int:
        """Different articles on the log that classify has handled."""
        handled = "SELECT count(DISTINCT key) FROM records WHERE topic = ? AND id < (SELECT max(next) FROM cursors WHERE topic = ?)"
        return self._ask(handled, ARTICLES, ARTICLES)

    def unhandled(self) -> int:
        """Records that no service has handled yet."""
        behind = "SELECT count(*) FROM records WHERE id >= (SELECT coalesce(max(next), 0) FROM cursors WHERE cursors.topic = records.topic)"
        return self._ask(behind)

    def undelivered(self) -> int:
        """Deliveries that wait."""
        engine = open_ledger(self.settings["CLAIMWIRE_DATABASE"])
        pending = outbox.depth(engine).pending
        engine.dispose()
        return pending

    def _ask(self, query: str, *values: str) -> int:
        try:
            with closing(sqlite3.connect(f"file:{self.folder}/log.db?mode=ro", uri=True)) as connection:
                return int(connection.execute(query, values).fetchone()[0])
        except sqlite3.OperationalError:  # not made yet
            return 0


class Course:
    """The world's course. It stays a few stories ahead of the log, so that no feed drops one that nobody has read."""

    def __init__(self, world: World, stores: Stores) -> None:
        self.gate = Gate(world)
        self.readable = {story.path for story in world.stories.values() if world.outlets[story.outlet].language == "en"}
        self._coming, self._out, self._stores = deque(world.stories.values()), 0, stores

    def steps(self) -> int:
        """Let the world go on; how far the pipeline has come: a step for each article put on the log, one for each tagged."""
        while self._coming and self._out < self._stores.articles() + AHEAD:
            self.gate.publish(story := self._coming.popleft())
            self._out += story.path in self.readable
        return self._stores.articles() + self._stores.tagged()

    def is_over(self) -> bool:
        """Whether all that can be read is on the log, handled and delivered."""
        done = self._stores.articles() == len(self.readable) and not self._stores.unhandled()
        return done and not self._stores.undelivered()


def test_killed_ten_times_it_loses_nothing_and_tells_nobody_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world, stores, chance = World.load(), Stores(tmp_path), random.Random(SEED)
    course = Course(world, stores)
    with webhooks.running() as receiver, serve(world, HOST, 0, course.gate.clock) as served:
        write_opml(world, tmp_path, served.address)
        settings = service_settings(tmp_path) | SETTINGS | stores.settings
        with Process(tmp_path, settings, "subscriptions", "add", "desk", receiver.url) as command:
            assert command.ended() == 0, command.output
        for step in sorted(chance.sample(range(2 * len(course.readable)), KILLS)):
            kill_at(step, course, tmp_path, settings)
        with Process(tmp_path, settings, "run") as process:
            wait_until(lambda: "is ready" in process.output, "ready", process)  # all may have been done before; SIGTERM needs a listener
            wait_until(lambda: course.steps() > 0 and course.is_over(), "all read, handled and delivered", process)
            assert process.stop() == 0
    figures = held(stores, course.readable, receiver)
    with capsys.disabled():
        print(f"\n{KILLS} kills: {figures}")


def kill_at(step: int, course: Course, folder: Path, settings: dict[str, str]) -> None:
    """Start it and kill it at this step; where it is passed already, while it starts."""
    with Process(folder, settings, "run") as process:
        wait_until(lambda: course.steps() >= step, f"step {step}", process)
        process.kill()


def values(url: str, topic: str) -> list[bytes]:
    """Every record of a topic."""
    with open_log(url) as log:
        reader = log.reader("test", topic)
        found: list[bytes] = []
        while records := reader.poll(500, 0.0):
            found += [record.value or b"" for record in records]
        return found


def held(stores: Stores, readable: set[str], receiver: webhooks.Receiver) -> str:
    """Holds log, ledger and what the desk received against each other; the figures in words."""
    articles = [Article.decode(value) for value in values(stores.settings["CLAIMWIRE_LOG"], ARTICLES)]
    found = [Finding.decode(value) for value in values(stores.settings["CLAIMWIRE_LOG"], FINDINGS)]
    assert {urlsplit(article.url).path for article in articles} == readable
    assert len({article.id for article in articles}) == len(readable), "an article has one id, however often it is read"

    engine = open_ledger(stores.settings["CLAIMWIRE_DATABASE"])
    with read_only(engine).connect() as connection:
        recorded = connection.execute(select(findings.c.id)).scalars().all()
        raised = connection.execute(
            select(alerts.c.id, alerts.c.claim, positions.c.side, alerts.c.position, alerts.c.reason).join(
                positions, positions.c.id == alerts.c.position
            )
        ).all()
        sent = connection.execute(select(deliveries.c.id, deliveries.c.alert, deliveries.c.state)).all()
    engine.dispose()
    assert sorted(recorded) == sorted({finding.id for finding in found})
    assert len({(alert.claim, alert.side, alert.position) for alert in raised}) == len(raised) > 0
    firsts = [(alert.claim, alert.side, alert.reason) for alert in raised if alert.reason != "reversal"]
    assert len(set(firsts)) == len(firsts), "a side confirms for the first time once"

    assert {delivery.alert for delivery in sent} == {alert.id for alert in raised}
    assert {delivery.state for delivery in sent} == {"sent"}
    received: dict[str, set[str]] = defaultdict(set)
    for headers, body in receiver.requests:
        received[json.loads(body)["data"]["id"]].add({name.lower(): value for name, value in headers.items()}["webhook-id"])
    assert {alert: {delivery.id for delivery in sent if delivery.alert == alert} for alert in received} == received
    assert received.keys() == {alert.id for alert in raised}
    return (
        f"{len(readable)} articles, 0 lost, {len(articles) - len(readable)} twice on the log; {len(recorded)} findings, "
        f"{len(found) - len(recorded)} twice; {len(raised)} alerts, 0 twice; {len(receiver.requests) - len(raised)} deliveries came twice"
    )
