"""The Grafana dashboard as code: `make docs` writes deploy/grafana/dashboards/claimwire.json from the rows below.

Every panel is a title, queries with their legends, and a unit. Draws nothing that docs/metrics.md does not list.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "grafana" / "dashboards" / "claimwire.json"
DATASOURCE = {"type": "prometheus", "uid": "prometheus"}
RATE = "[$__rate_interval]"  # Grafana fills in four scrapes or the width of a pixel, whichever is more
COLUMNS = 24


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel; `queries` are pairs of PromQL and legend."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    kind: str = "timeseries"
    width: int = 6
    height: int = 8
    help: str = ""


def per_minute(counter: str, by: str, only: str = "") -> str:
    """A counter's increase a minute, by a label."""
    return f"60 * sum by ({by}) (rate({counter}{only}{RATE}))"


def quantile(share: float, histogram: str, by: str = "") -> str:
    """A quantile of a histogram, over all processes."""
    return f"histogram_quantile({share}, sum by (le{', ' + by if by else ''}) (rate({histogram}_bucket{RATE})))"


def percentiles(histogram: str) -> tuple[tuple[str, str], ...]:
    """The median and the 95th percentile of a histogram."""
    return ((quantile(0.5, histogram), "p50"), (quantile(0.95, histogram), "p95"))


def stat(title: str, query: str, unit: str = "short", help: str = "") -> Panel:
    """One figure."""
    return Panel(title, ((query, title),), unit, "stat", width=4, height=4, help=help)


ROWS: dict[str, tuple[Panel, ...]] = {
    "Overview": (
        stat("Services up", 'sum(up{job="claimwire"})'),
        stat("New articles, last hour", 'sum(increase(claimwire_ingest_articles_total{outcome="new"}[1h]))'),
        stat("Findings, last hour", "sum(increase(claimwire_classify_findings_total[1h]))"),
        stat("Alerts, last hour", "sum(increase(claimwire_alerts_alerts_total[1h]))"),
        stat("Fetch to alert, p50", quantile(0.5, "claimwire_alerts_fetch_to_alert_seconds"), "s"),
        stat("Fetch to alert, p95", quantile(0.95, "claimwire_alerts_fetch_to_alert_seconds"), "s"),
        Panel("New articles, per minute", ((f'60 * sum(rate(claimwire_ingest_articles_total{{outcome="new"}}{RATE}))', "new"),)),
        Panel("Findings, per minute", ((per_minute("claimwire_classify_findings_total", "topic"), "{{topic}}"),)),
        Panel("Alerts by reason, per minute", ((per_minute("claimwire_alerts_alerts_total", "reason"), "{{reason}}"),)),
        Panel("Fetch to alert", percentiles("claimwire_alerts_fetch_to_alert_seconds"), "s"),
    ),
    "Ingest": (
        Panel("Entries by outcome, per minute", ((per_minute("claimwire_ingest_articles_total", "outcome"), "{{outcome}}"),)),
        Panel("Polls by outcome, per minute", ((per_minute("claimwire_ingest_fetches_total", "outcome"), "{{outcome}}"),)),
        Panel("Pages by outcome, per minute", ((per_minute("claimwire_ingest_pages_total", "outcome"), "{{outcome}}"),)),
        Panel("Feeds by health", (("sum by (health) (claimwire_ingest_feeds)", "{{health}}"),)),
        Panel("Fetch of a feed", percentiles("claimwire_ingest_fetch_seconds"), "s", width=8),
        Panel("Fetch to log, page included", percentiles("claimwire_ingest_article_seconds"), "s", width=8),
        Panel(
            "Publication to log",
            percentiles("claimwire_ingest_publication_delay_seconds"),
            "s",
            width=8,
            help="As old as the feed says that an article is when it reaches the log: the poll interval and the outlet's own delay.",
        ),
    ),
    "Classify": (
        Panel("Articles by outcome, per minute", ((per_minute("claimwire_classify_articles_total", "outcome"), "{{outcome}}"),)),
        Panel("Sentences, per second", ((f"sum(rate(claimwire_classify_sentences_total{RATE}))", "sentences"),)),
        Panel(
            "Findings by topic and stance, per minute",
            ((per_minute("claimwire_classify_findings_total", "topic, stance"), "{{topic}} {{stance}}"),),
            width=12,
        ),
        Panel("Seconds a batch spends, p95", ((quantile(0.95, "claimwire_classify_seconds", "step"), "{{step}}"),), "s", width=8),
        Panel("Articles in a batch", percentiles("claimwire_classify_batch_articles"), width=8),
        Panel("Score of findings", percentiles("claimwire_classify_score"), "percentunit", width=8),
        Panel(
            "Sentences with a finding",
            (
                (
                    f"sum(rate(claimwire_classify_found_sentences_total{RATE})) / sum(rate(claimwire_classify_sentences_total{RATE}))",
                    "share",
                ),
            ),
            "percentunit",
            width=8,
        ),
        Panel(
            "Drift of the model",
            (("max by (of) (claimwire_classify_drift)", "{{of}}"),),
            width=8,
            help="Population stability index of the last 2,000 findings against the model's reference: over 0.25 in the scores alarms.",
        ),
        Panel(
            "Shadow model: findings by who found them, per minute",
            ((per_minute("claimwire_classify_shadow_findings_total", "found_by"), "{{found_by}}"),),
            width=8,
            help="Both models, only the live one, only the shadow. Nothing without CLAIMWIRE_SHADOW_MODEL.",
        ),
    ),
    "Ledger and delivery": (
        Panel("Findings by outcome, per minute", ((per_minute("claimwire_alerts_findings_total", "outcome"), "{{outcome}}"),)),
        Panel("A transaction of the ledger", percentiles("claimwire_alerts_decision_seconds"), "s"),
        Panel(
            "Attempts to deliver, per minute",
            ((per_minute("claimwire_alerts_deliveries_total", "channel, outcome"), "{{channel}} {{outcome}}"),),
        ),
        Panel("Fetch to delivered", percentiles("claimwire_alerts_fetch_to_delivered_seconds"), "s"),
        Panel("Deliveries waiting", (("max(claimwire_alerts_outbox)", "waiting"),), width=8),
        Panel(
            "Longest wait",
            (("time() - max(claimwire_alerts_outbox_oldest_due_timestamp_seconds > 0) or vector(0)", "overdue"),),
            "s",
            width=8,
            help="How long the longest waiting delivery has been due.",
        ),
        Panel("Deliveries given up", (("max(claimwire_alerts_outbox_dead)", "given up"),), width=8),
    ),
    "Log": (
        Panel("Lag: records not yet handled", (("sum by (group, topic) (claimwire_log_lag_records)", "{{group}} {{topic}}"),), width=8),
        Panel(
            "Records by outcome, per minute",
            ((per_minute("claimwire_log_records_total", "group, outcome"), "{{group}} {{outcome}}"),),
            width=8,
        ),
        Panel(
            "A batch, flushed and committed, p95", ((quantile(0.95, "claimwire_log_batch_seconds", "group"), "{{group}}"),), "s", width=8
        ),
    ),
}


def dashboard() -> dict[str, Any]:
    """The dashboard as Grafana's JSON model."""
    return {
        "uid": "claimwire",
        "title": "Claimwire",
        "tags": ["claimwire"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "timezone": "browser",
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": [one | {"id": number} for number, one in enumerate(_panels(), start=1)],
    }


def _panels() -> Iterator[dict[str, Any]]:
    top = 0
    for title, panels in ROWS.items():
        yield {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": 1}}
        top += 1
        left = tallest = 0
        for panel in panels:
            if left + panel.width > COLUMNS:
                top, left, tallest = top + tallest, 0, 0
            yield _panel(panel, left, top)
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest


def _panel(panel: Panel, left: int, top: int) -> dict[str, Any]:
    queries = [
        {"refId": chr(ord("A") + number), "datasource": DATASOURCE, "expr": query, "legendFormat": legend}
        for number, (query, legend) in enumerate(panel.queries)
    ]
    options: dict[str, Any] = {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}
    if panel.kind == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "none", "graphMode": "area"}
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.help,
        "datasource": DATASOURCE,
        "gridPos": {"x": left, "y": top, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "options": options,
        "targets": queries,
    }


def text() -> str:
    """The file's text as it should be."""
    return json.dumps(dashboard(), indent=2) + "\n"


def main() -> int:
    """Write the file; 0."""
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
