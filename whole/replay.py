"""`claimwire replay`: items from a file through the whole path, in date order, on a fresh log and a fresh ledger for each scenario.

The same stages as in production, one after the other; polls no feed and delivers to nobody. Every item ends in exactly one outcome.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from sqlalchemy import Engine

from alerts.ledger.opening import open_ledger
from alerts.ledger.record import record_all
from alerts.nouns import Alert
from alerts.settings import AlertsSettings
from classify.app import handle, outcome_before_reading
from classify.items import Item, ItemError, read_json_lines
from classify.model import Model
from classify.settings import ClassifySettings
from classify.tag import Tagger
from ingest.language import detect
from wire.log import Reader, Record, RecordTooLarge, open_log
from wire.messages import ARTICLES, FINDINGS, Article, Finding, utc_now
from wire.settings import read

CHUNK = 256  # articles that a stage takes before the next one has its turn

Batch = list[tuple[Item, Article]]


def replay(path: Path, out: Path, model: Path | None = None) -> int:
    """Replay the items in `path` and write their alerts to `out`; the exit code, 1 where a line was refused."""
    settings = read(ClassifySettings, os.environ)
    tagger = Tagger(Model(model or settings.model, settings.threads))
    outcomes: Counter[str] = Counter()
    batch = read_items(path, outcomes)
    started, raised = time.monotonic(), 0
    with fresh_stages(tagger) as stages, out.open("w", encoding="utf-8") as lines:
        for line in alerts_of(batch, stages, outcomes, "replaying"):
            print(json.dumps(line), file=lines)
            raised += 1
    _report(outcomes, stages.findings, raised, len(batch) / max(time.monotonic() - started, 1e-9))
    return 1 if outcomes["refused"] else 0


def read_items(path: Path, outcomes: Counter[str]) -> Batch:
    """The items in `path`, each with its article, by the time of publication; lines that hold none are named and counted."""
    return sorted(_readable(path, outcomes), key=lambda pair: pair[1].published)


def alerts_of(batch: Batch, stages: "Stages", outcomes: Counter[str], doing: str) -> Iterator[dict[str, Any]]:
    """The lines that tell of the alerts which these items raise, in order."""
    items = {article.id: item for item, article in batch}
    scenarios = {id: str(item.get("scenario", "")) for id, item in items.items()}
    articles = [article for _, article in batch]
    for chunk in _shown([articles[first : first + CHUNK] for first in range(0, len(articles), CHUNK)], doing):
        yield from (line_of(alert, items[alert.article]) for alert in stages.take(chunk, scenarios, outcomes))


@contextmanager
def fresh_stages(tagger: Tagger) -> Iterator["Stages"]:
    """Stages with an empty log and empty ledgers, which are gone on leaving."""
    with tempfile.TemporaryDirectory(prefix="claimwire-replay-") as folder:
        with closing(Stages(Path(folder), tagger, read(AlertsSettings, os.environ).alert_score)) as stages:
            yield stages


def _readable(path: Path, outcomes: Counter[str]) -> Iterator[tuple[Item, Article]]:
    """The file's items, each with its article; a line that holds none, or an id a second time, is named and counted."""
    seen = set()
    for item in read_json_lines(path):
        try:
            if isinstance(item, ItemError):
                raise item
            if item["id"] in seen:
                raise ItemError(f"{path}: id {item['id']!r} a second time")
            article = article_of(item)
            seen.add(item["id"])
            yield item, article
        except ItemError as error:
            print(error, file=sys.stderr)
            outcomes["refused"] += 1


def article_of(item: Item) -> Article:
    """The article that this item would have been, each given sentence a paragraph; ItemError where its date is none."""
    text = item["text"] if "sentences" not in item else "\n".join(sentence["text"] for sentence in item["sentences"])
    try:
        published = datetime.fromisoformat(str(item.get("date")))
    except ValueError:
        raise ItemError(f"{item['id']}: date {item.get('date')!r} should be like 2025-04-26 or 2025-04-26T09:00:00Z") from None
    published = published if published.tzinfo else published.replace(tzinfo=UTC)
    return Article(
        id=item["id"],
        feed="replay:",
        outlet=str(item.get("outlet", "replay")),
        url=f"replay:{item['id']}",
        title=str(item["title"]),
        text=text,
        full_text=True,
        language=detect(f"{item['title']} {text}"),
        published=published,
        fetched=published,
    )


class Stages:
    """Log, model and ledgers of one replay. The log and the ledgers are files in `folder`, as in production."""

    def __init__(self, folder: Path, tagger: Tagger, least_score: float) -> None:
        self._folder, self._tagger, self._least_score = folder, tagger, least_score
        self._log = open_log(f"sqlite:///{folder}/log.db")
        self._articles, self._findings = self._log.reader("classify", ARTICLES), self._log.reader("alerts", FINDINGS)
        self._ledgers: dict[str, Engine] = {}
        self.findings = 0

    def take(self, articles: Sequence[Article], scenarios: Mapping[str, str], outcomes: Counter[str]) -> list[Alert]:
        """Take these articles through log, model, log and ledger; the alerts that they raise."""
        articles = [article for article in articles if self._appended(article, outcomes)]
        self._log.flush()
        read = self._polled(self._articles)
        handle(read, self._tagger, self._log)
        self._log.flush()
        self._articles.commit()
        found = [Finding.decode(record.value) for record in self._polled(self._findings)]
        tagged = {finding.article for finding in found}
        outcomes.update(outcome_before_reading(a) or ("tagged" if a.id in tagged else "clean") for a in articles)
        raised = [alert for scenario, theirs in _by_scenario(found, scenarios).items() for alert in self._record(scenario, theirs)]
        self._findings.commit()
        self.findings += len(found)
        return sorted(raised, key=lambda alert: alert.published)

    def _appended(self, article: Article, outcomes: Counter[str]) -> bool:
        try:
            self._log.append(ARTICLES, article.id, article.encode())
        except RecordTooLarge as error:
            print(error, file=sys.stderr)
            outcomes["too_large"] += 1
            return False
        return True

    def _polled(self, reader: Reader) -> list[Record]:
        """All that waits for this reader."""
        records: list[Record] = []
        while some := reader.poll(CHUNK, 0.0):
            records.extend(some)
        return records

    def _record(self, scenario: str, found: Sequence[Finding]) -> list[Alert]:
        if scenario not in self._ledgers:
            self._ledgers[scenario] = open_ledger(f"sqlite:///{self._folder}/ledger-{len(self._ledgers)}.db")
        recorded = record_all(self._ledgers[scenario], found, utc_now(), least_score=self._least_score)
        return [one.alert for one in recorded if one.alert]

    def close(self) -> None:
        """Close log and ledgers."""
        for reader in (self._articles, self._findings):
            reader.close()
        self._log.close()
        for engine in self._ledgers.values():
            engine.dispose()


def _by_scenario(found: Sequence[Finding], scenarios: Mapping[str, str]) -> dict[str, list[Finding]]:
    grouped: dict[str, list[Finding]] = {}
    for finding in found:
        grouped.setdefault(scenarios[finding.article], []).append(finding)
    return grouped


def line_of(alert: Alert, item: Item) -> dict[str, Any]:
    """The line that tells of this alert; `item` raised it."""
    return {
        "item": item["id"],
        "date": item["date"],
        "scenario": item.get("scenario"),
        "reason": alert.reason.value,
        "topic": alert.topic,
        "force": list(alert.force),
        "place": alert.place,
        "side": alert.side,
        "stance": alert.stance,
        "previous": alert.previous,
        "speaker": alert.speaker,
        "evidence": alert.sentence,
        "score": round(alert.score, 4),
    }


def _shown(chunks: Sequence[list[Article]], doing: str) -> Iterator[list[Article]]:
    return iter(track(chunks, doing, console=Console(stderr=True), disable=len(chunks) < 4))


def _report(outcomes: Counter[str], findings: int, raised: int, pace: float) -> None:
    """The figures on standard error; the peak memory is the process's own."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ended = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"{outcomes.total():,} items: {ended}; {findings:,} findings, {raised:,} alerts", file=sys.stderr)
    print(f"{pace:.1f} items a second, {memory} MB at most", file=sys.stderr)
