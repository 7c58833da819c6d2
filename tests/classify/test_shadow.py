"""The shadow model: what it counts, and that whatever it does the live model's articles go their way."""

import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path

import pytest

from classify.app import handle, run
from classify.labels import Mention
from classify.model import CARD, FILES, WEIGHTS
from classify.sentences import Text
from classify.settings import ClassifySettings
from classify.shadow import NICENESS, QUEUE, count, shadowing
from classify.tag import Tagger
from tests.classify.test_app import DENIAL, article, written
from tests.waiting import metric, wait_until
from wire.log import open_log
from wire.messages import ARTICLES, STANCES, TOPICS, Finding, Stance
from wire.settings import read
from wire.telemetry import Health

#: Seconds for a shadow to load and read, which on a busy machine it only does when others rest.
PATIENCE = 110
TEXT = Text("Pyongyang on Kursk", [DENIAL, "It rained."])


def articles() -> dict[str, float]:
    return {outcome: metric("claimwire_classify_shadow_articles_total", outcome=outcome) for outcome in ("read", "dropped", "failed")}


def found(by: str) -> float:
    every = [(topic, stance) for topic in TOPICS for stance in STANCES]
    return sum(metric("claimwire_classify_shadow_findings_total", topic=topic, stance=stance, found_by=by) for topic, stance in every)


@pytest.fixture
def before() -> dict[str, float]:
    return articles()


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    """The shipped weights under thresholds that nothing reaches, so that it finds nothing."""
    return weights(tmp_path / "candidate", [2.0] * 12)


def weights(folder: Path, thresholds: list[float]) -> Path:
    """A model of its own: the card may be another, the graphs are checked by their hash."""
    folder.mkdir()
    for name in FILES:
        shutil.copyfile(WEIGHTS / name, folder / name)
    card = json.loads((WEIGHTS / CARD).read_text("utf-8"))
    (folder / CARD).write_text(json.dumps(card | {"thresholds": thresholds}), "utf-8")
    return folder


def mention(stance: Stance) -> Mention:
    return Mention("foreign_troops", stance, ("KP",), "RU", None, "KP", None, 0.9)


def test_agreement_is_by_sentence_topic_and_stance() -> None:
    def counted() -> dict[tuple[str, str], float]:
        name = "claimwire_classify_shadow_findings_total"
        return {
            (stance, by): metric(name, topic="foreign_troops", stance=stance, found_by=by)
            for stance in ("confirm", "deny", "allege")
            for by in ("both", "live", "shadow")
        }

    start = counted()
    count([[mention("deny"), mention("confirm")], []], [[mention("deny")], [mention("confirm")]])
    assert {key for key, value in counted().items() if value != start[key]} == {
        ("deny", "both"),
        ("confirm", "live"),
        ("confirm", "shadow"),
    }


def test_what_one_model_finds_and_the_other_does_not(tagger: Tagger, candidate: Path, before: dict[str, float]) -> None:
    live, tagged = found("live"), tagger.tag([TEXT])
    assert tagged[0][0]
    with shadowing(candidate) as shadow:
        assert shadow
        shadow.offer([TEXT], tagged)
        wait_until(lambda: articles()["read"] == before["read"] + 1, PATIENCE)
    assert found("live") == live + len(tagged[0][0])


def test_no_folder_no_shadow() -> None:
    with shadowing(None) as shadow:
        assert shadow is None


def test_a_shadow_that_cannot_be_loaded_drops_what_it_has_no_room_for(
    tmp_path: Path, before: dict[str, float], caplog: pytest.LogCaptureFixture
) -> None:
    with shadowing(tmp_path / "nowhere") as shadow:
        assert shadow
        wait_until(lambda: "CLAIMWIRE_SHADOW_MODEL" in caplog.text)
        started = time.monotonic()
        shadow.offer([TEXT] * (QUEUE + 5), [[[], []]] * (QUEUE + 5))
        assert articles()["dropped"] == before["dropped"] + 5
    assert time.monotonic() - started < 2, "neither offering nor closing waits"
    assert articles()["dropped"] == before["dropped"] + QUEUE + 5


def test_a_shadow_that_fails_is_counted_and_logged_once(tmp_path: Path, before: dict[str, float], caplog: pytest.LogCaptureFixture) -> None:
    with shadowing(weights(tmp_path / "broken", [0.5] * 5)) as shadow:
        assert shadow
        shadow.offer([TEXT] * 3, [[[], []]] * 3)
        wait_until(lambda: articles()["failed"] == before["failed"] + 3, PATIENCE)
    assert articles()["read"] == before["read"]
    assert len([record for record in caplog.records if record.name == "classify.shadow" and record.exc_info]) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
def test_the_shadow_steps_back(tmp_path: Path) -> None:
    with shadowing(tmp_path / "nowhere"):
        (thread,) = [one for one in threading.enumerate() if one.name == "shadow"]
        own, identity = os.getpriority(os.PRIO_PROCESS, threading.get_native_id()), thread.native_id
        assert identity
        wait_until(lambda: os.getpriority(os.PRIO_PROCESS, identity) == min(19, own + NICENESS))
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == own
    wait_until(lambda: "shadow" not in [one.name for one in threading.enumerate()])


def test_the_findings_on_the_log_are_the_live_models_alone(
    tagger: Tagger, candidate: Path, sqlite_log_url: str, before: dict[str, float]
) -> None:
    with open_log(sqlite_log_url) as log, shadowing(candidate) as shadow:
        assert shadow
        log.append(ARTICLES, "a", article(DENIAL).encode())
        log.flush()
        reader = log.reader("classify", ARTICLES)
        handle(reader.poll(10, 1.0), tagger, log, [shadow.offer])
        log.flush()
        reader.close()
        wait_until(lambda: articles()["read"] == before["read"] + 1, PATIENCE)
        assert [finding.stance for finding in written(log)] == ["deny"]


def test_the_service_goes_on_beside_a_shadow_that_fails(tmp_path: Path, sqlite_log_url: str, before: dict[str, float]) -> None:
    broken = weights(tmp_path / "broken", [0.5] * 5)
    settings = read(ClassifySettings, {"CLAIMWIRE_LOG": sqlite_log_url, "CLAIMWIRE_SHADOW_MODEL": str(broken)})
    stop = threading.Event()
    with open_log(sqlite_log_url) as log:
        for id in "abc":
            log.append(ARTICLES, id, article(DENIAL, id=id).encode())
        log.flush()
    service = threading.Thread(target=run, args=(settings, stop, Health()))
    service.start()
    seen: list[Finding] = []
    try:
        with open_log(sqlite_log_url) as log:

            def all_three() -> bool:
                seen.extend(written(log))
                return len({one.article for one in seen}) == 3

            wait_until(all_three, PATIENCE)
        wait_until(lambda: articles()["failed"] == before["failed"] + 3, PATIENCE)
    finally:
        stop.set()
        service.join(30)
    assert not service.is_alive()
