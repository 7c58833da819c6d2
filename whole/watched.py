"""What the demo sees of the all-in-one: whether it is ready and drained, and its figures, read from the metrics and the ledger."""

import threading
from collections.abc import Mapping
from statistics import quantiles

from prometheus_client import REGISTRY

from alerts.ledger.opening import open_ledger
from alerts.ledger.reading import recent_alerts
from alerts.settings import AlertsSettings
from demo.pipeline import Pipeline, Summary
from ingest.metrics import ARTICLE_OUTCOMES
from whole.together import run_all
from wire.settings import read
from wire.telemetry import Health

MOST_ALERTS = 10_000


class Watched:
    """One all-in-one process of the demo's."""

    def __init__(self) -> None:
        self._health = Health()
        self._environment: Mapping[str, str] = {}

    def pipeline(self) -> Pipeline:
        """The callables that the demo takes."""
        return Pipeline(self.run, self.ready, self.drained, self.summary, desk)

    def run(self, environment: Mapping[str, str], stop: threading.Event) -> None:
        """Run the services with this environment until `stop` is set."""
        self._environment = environment
        run_all(environment, stop, self._health)

    def ready(self) -> bool:
        """Whether every service has said what it needs and has it."""
        return self._health.ready("ingest", "classify reads the log", "alerts reads the log")

    def drained(self) -> bool:
        """Whether each stage has handled all that the one before it passed on, and nothing waits for delivery."""
        passed = total("claimwire_ingest_articles_total", outcome="new")
        tagged = total("claimwire_classify_articles_total")
        found, recorded = total("claimwire_classify_findings_total"), total("claimwire_alerts_findings_total")
        return tagged >= passed and recorded >= found and total("claimwire_alerts_outbox") == 0

    def summary(self) -> Summary:
        """The figures so far; a duplicate is no article."""
        settings = read(AlertsSettings, self._environment)
        engine = open_ledger(settings.shared.database)
        seconds = sorted((alert.created - alert.fetched).total_seconds() for alert in recent_alerts(engine, MOST_ALERTS))
        engine.dispose()
        cuts = quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else seconds * 19
        articles = sum(total("claimwire_ingest_articles_total", outcome=o) for o in ARTICLE_OUTCOMES if o != "duplicate")
        return Summary(
            articles=int(articles),
            findings=int(total("claimwire_classify_findings_total")),
            alerts=len(seconds),
            latency_p50=cuts[9] if cuts else None,
            latency_p95=cuts[18] if cuts else None,
        )


def desk(environment: Mapping[str, str]) -> str:
    """The desk's address under this environment."""
    settings = read(AlertsSettings, environment)
    return f"http://{settings.desk_host}:{settings.desk_port}/"


def total(metric: str, **labels: str) -> float:
    """The sum of this metric's samples that carry these labels, in this process."""
    return sum(
        sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == metric and labels.items() <= sample.labels.items()
    )
