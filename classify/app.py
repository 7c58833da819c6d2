"""The classify service: reads articles from the log, tags them in batches, puts findings on the log, then commits its place."""

import json
import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from classify import metrics
from classify.drift import Drift, reference_of
from classify.findings import findings
from classify.labels import Mention
from classify.model import CARD, Model, ModelError
from classify.sentences import Text, clean, one_line, split
from classify.settings import ClassifySettings
from classify.shadow import shadowing
from classify.tag import Tagger
from wire.consume import consume
from wire.log import Log, Record, open_log
from wire.messages import ARTICLES, FINDINGS, Article, utc_now
from wire.telemetry import Health, reporting

logger = logging.getLogger(__name__)
LANGUAGES = ("en", None)  # None: too short to tell

#: Looks at texts and at what was found in each, after the findings are on their way. Must be quick and must not raise.
Watcher = Callable[[Sequence[Text], Sequence[Sequence[Sequence[Mention]]]], None]


def run(settings: ClassifySettings, stop: threading.Event, health: Health | None = None) -> None:
    """Tag articles until `stop` is set. Weights that must not be served are waited for, not worked around: the articles stay on the log."""
    with reporting(settings.shared, health) as health:
        tagger = load(settings, stop, health)
        if tagger is None:
            return
        with open_log(settings.shared.log) as log, shadowing(settings.shadow_model) as shadow:
            watchers: list[Watcher] = [drift_watcher(settings.model), *([shadow.offer] if shadow else [])]
            reader = log.reader("classify", ARTICLES)
            try:
                consume(
                    log,
                    reader,
                    lambda records: handle(records, tagger, log, watchers),
                    stop,
                    max_records=settings.batch,
                    poll_seconds=0.5,
                    health=health,
                )
            finally:
                reader.close()


def load(settings: ClassifySettings, stop: threading.Event, health: Health, *, retry_seconds: float = 10.0) -> Tagger | None:
    """The tagger, once its weights can be served; None where `stop` came first."""
    problem: str | None = "is loading"
    health.check("model", lambda: problem)
    metrics.READY.set(0)
    while not stop.is_set():
        try:
            tagger = Tagger(Model(settings.model, settings.threads), metrics.PASSED.inc)
        except ModelError as error:
            problem = str(error)
            logger.error("no article is tagged: %s Trying again every %.0f s.", error, retry_seconds)
            stop.wait(retry_seconds)
            continue
        problem = None
        metrics.READY.set(1)
        metrics.MODEL.labels(tagger.model.name).set(1)
        logger.info("model %s is ready", tagger.model.name)
        return tagger
    return None


def handle(records: Sequence[Record], tagger: Tagger, log: Log, watchers: Sequence[Watcher] = ()) -> None:
    """Tag a batch of articles and append what was found. MessageError where a record is no article."""
    articles = [Article.decode(record.value) for record in records]
    unread = [outcome_before_reading(article) for article in articles]
    readable = [article for article, outcome in zip(articles, unread, strict=True) if outcome is None]
    with metrics.SECONDS.labels("split").time():
        texts = [text_of(article) for article in readable]
    with metrics.SECONDS.labels("tag").time():
        tagged = tagger.tag(texts)
    with metrics.SECONDS.labels("append").time():
        now = utc_now()
        for article, text, mentions in zip(readable, texts, tagged, strict=True):
            found = findings(article, text, mentions, tagger.model.name, now)
            for finding in found:
                log.append(FINDINGS, finding.claim_key, finding.encode())
                metrics.FINDINGS.labels(finding.topic, finding.stance).inc()
                metrics.SCORE.observe(finding.score)
            metrics.ARTICLES.labels("tagged" if found else "clean").inc()
            metrics.SENTENCES.inc(len(text.sentences))
            metrics.FOUND.inc(sum(bool(mine) for mine in mentions))
    for outcome in filter(None, unread):
        metrics.ARTICLES.labels(outcome).inc()
    metrics.BATCH.observe(len(articles))
    for watch in watchers:
        watch(texts, tagged)


def drift_watcher(folder: Path) -> Watcher:
    """What keeps the drift's gauge, where the card of the model in this folder says against what."""
    try:
        reference = reference_of(json.loads((folder / CARD).read_text("utf-8")))
    except (OSError, ValueError) as error:
        logger.warning("no drift is measured: %s: %s", folder / CARD, error)
        reference = None
    drift = Drift(reference) if reference else None

    def watch(_: Sequence[Text], tagged: Sequence[Sequence[Sequence[Mention]]]) -> None:
        if drift:
            drift.take(tagged)
            metrics.DRIFT.labels("scores").set(drift.scores())
            metrics.DRIFT.labels("sentences").set(drift.sentences())

    return watch


def outcome_before_reading(article: Article) -> str | None:
    """What becomes of an article that the model does not read; None where it does."""
    if article.language not in LANGUAGES:
        return "unsupported_language"
    return None if clean(article.title + article.text) else "empty"


def text_of(article: Article) -> Text:
    """Title and sentences; where there is no text the title is the one sentence."""
    done = split(article.text)
    metrics.CUT.inc(done.cut)
    title = one_line(article.title)
    return Text(title, done.sentences) if done.sentences else Text("", [title], first=-1)
