"""The service on a real log: articles in, findings out, weights that must not be served waited for."""

import json
import math
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from classify.app import drift_watcher, handle, load, run
from classify.labels import Mention
from classify.model import CARD, WEIGHTS
from classify.settings import ClassifySettings
from classify.tag import Tagger
from tests.waiting import metric, wait_until
from wire.log import Log, open_log
from wire.messages import ARTICLES, FINDINGS, Article, Finding, MessageError, derived_id, utc_now
from wire.settings import read
from wire.telemetry import Health

DENIAL = "North Korea's foreign ministry denied on Monday that it had sent any soldiers to Russia."


def article(text: str, *, id: str = "a", title: str = "Pyongyang on Kursk", language: str | None = "en") -> Article:
    return Article(
        id=id,
        feed="http://f/",
        outlet="The Wire",
        url="http://f/a",
        title=title,
        text=text,
        full_text=True,
        language=language,
        published=utc_now(),
        fetched=utc_now(),
    )


def written(log: Log) -> list[Finding]:
    reader = log.reader("test", FINDINGS)
    found: list[Finding] = []
    while records := reader.poll(100, 0.3):
        found.extend(Finding.decode(record.value) for record in records)
    reader.close()
    return found


def handled(log: Log, tagger: Tagger, *articles: Article) -> list[Finding]:
    for one in articles:
        log.append(ARTICLES, one.id, one.encode())
    log.flush()
    reader = log.reader("classify", ARTICLES)
    handle(reader.poll(100, 1.0), tagger, log)
    log.flush()
    reader.close()
    return written(log)


def counted(outcome: str) -> float:
    return metric("claimwire_classify_articles_total", outcome=outcome)


def test_a_finding_carries_its_article_and_its_model(tagger: Tagger, sqlite_log_url: str) -> None:
    one = article(f"It rained.\n{DENIAL}")
    with open_log(sqlite_log_url) as log:
        (finding,) = handled(log, tagger, one)
    assert (finding.sentence, finding.sentence_index) == (DENIAL, 1)
    assert (finding.article, finding.text_hash, finding.model) == ("a", one.text_hash, tagger.model.name)
    assert (finding.stance, finding.force, finding.place, finding.speaker_side) == ("deny", ("KP",), "RU", "KP")
    assert finding.id == derived_id("a", 1, "foreign_troops", "deny", finding.speaker or "")


def test_a_title_that_stands_alone_is_read_as_sentence_minus_one(tagger: Tagger, sqlite_log_url: str) -> None:
    with open_log(sqlite_log_url) as log:
        (finding,) = handled(log, tagger, article("", title=DENIAL))
    assert (finding.sentence_index, finding.sentence) == (-1, DENIAL)


def test_every_article_ends_in_one_outcome(tagger: Tagger, sqlite_log_url: str) -> None:
    before = {outcome: counted(outcome) for outcome in ("tagged", "clean", "empty", "unsupported_language")}
    with open_log(sqlite_log_url) as log:
        handled(
            log,
            tagger,
            article(DENIAL, id="a"),
            article("It rained in the hills.", id="b", title="Weather"),
            article("\u200b", id="c", title=""),
            article("Москва отрицает.", id="d", language="ru"),
        )
    assert {outcome: counted(outcome) - value for outcome, value in before.items()} == dict.fromkeys(before, 1)


def test_drift_is_measured_against_the_cards_reference(tmp_path: Path) -> None:
    scores = [0, 0, 0, 0, 0, 100, 100, 100, 100, 100]
    (tmp_path / CARD).write_text(json.dumps({"reference": {"sentences": 1000, "found": 500, "scores": scores}}), "utf-8")
    watch = drift_watcher(tmp_path)
    for score, expected in ((0.95, False), (0.65, True)):
        watch([], [[[mention(score)]] * 4] * 100)
        assert math.isnan(metric("claimwire_classify_drift", of="scores")) is not expected
    assert metric("claimwire_classify_drift", of="scores") > 1
    assert metric("claimwire_classify_drift", of="sentences") > 1


def mention(score: float) -> Mention:
    return Mention("foreign_troops", "deny", ("KP",), "RU", None, "KP", None, score)


def test_a_model_without_a_reference_or_with_a_spoiled_one_is_served_all_the_same(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = metric("claimwire_classify_drift", of="scores")
    for card, said in (("{}", False), ('{"reference": {"sentences": 1}}', True)):
        (tmp_path / CARD).write_text(card, "utf-8")
        drift_watcher(tmp_path)([], [[[mention(0.9)]] * 600])
        assert ("no drift is measured" in caplog.text) is said
    assert repr(metric("claimwire_classify_drift", of="scores")) == repr(before)


def test_a_record_that_is_no_article_is_refused_by_name(tagger: Tagger, sqlite_log_url: str) -> None:
    with open_log(sqlite_log_url) as log:
        log.append(ARTICLES, "x", b'{"id": 1}')
        log.flush()
        with pytest.raises(MessageError, match="Article: id"):
            handle(log.reader("classify", ARTICLES).poll(10, 1.0), tagger, log)


def test_the_service_reads_the_log_and_stops(log_url: str) -> None:
    settings = read(ClassifySettings, {"CLAIMWIRE_LOG": log_url})
    stop, health = threading.Event(), Health()
    with open_log(log_url) as log:
        log.append(ARTICLES, "a", article(DENIAL).encode())
        log.append(ARTICLES, "b", b"not an article")
        log.append(ARTICLES, "c", article(DENIAL, id="c").encode())
        log.flush()
    service = threading.Thread(target=run, args=(settings, stop, health))
    service.start()
    try:
        with open_log(log_url) as log:
            reader, found = log.reader("watch", FINDINGS), set[str]()

            def both() -> bool:
                found.update(Finding.decode(record.value).article for record in reader.poll(10, 0.5))
                return found == {"a", "c"}

            wait_until(both, 60)
            reader.close()
        wait_until(lambda: health.missing() == {})
    finally:
        stop.set()
        service.join(30)
    assert not service.is_alive()


def test_weights_that_must_not_be_served_are_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    settings = replace(read(ClassifySettings, {}), model=folder)
    stop, health, loaded = threading.Event(), Health(), list[Tagger | None]()
    service = threading.Thread(target=lambda: loaded.append(load(settings, stop, health, retry_seconds=0.1)))
    service.start()
    try:
        wait_until(lambda: "not there" in health.missing().get("model", ""))
        shutil.copytree(WEIGHTS, folder)
        wait_until(lambda: bool(loaded))
    finally:
        stop.set()
        service.join(30)
    assert loaded[0] is not None
    assert health.missing() == {}
