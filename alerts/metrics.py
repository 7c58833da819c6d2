"""What `alerts` counts. Label values come from closed sets, made at start."""

import threading

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Engine

from alerts.addresses import KINDS
from alerts.ledger import outbox
from alerts.ledger.record import Outcome
from alerts.nouns import Reason

#: How an attempt to deliver ended.
ATTEMPTS = ("sent", "retry", "dead")
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

FINDINGS = Counter("claimwire_alerts_findings", "Findings, by what became of them in the ledger.", ["outcome"])
ALERTS = Counter("claimwire_alerts_alerts", "Alerts raised, by reason.", ["reason"])
DELIVERIES = Counter("claimwire_alerts_deliveries", "Attempts to deliver, by kind of channel and outcome.", ["channel", "outcome"])
DECISION = Histogram(
    "claimwire_alerts_decision_seconds",
    "Seconds from findings in to transaction committed, by batch.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)
TO_ALERT = Histogram(
    "claimwire_alerts_fetch_to_alert_seconds", "Seconds from an article's fetch to the alert that it raised.", buckets=SECONDS
)
TO_DELIVERED = Histogram(
    "claimwire_alerts_fetch_to_delivered_seconds", "Seconds from an article's fetch to its alert delivered.", buckets=SECONDS
)
OUTBOX = Gauge("claimwire_alerts_outbox", "Deliveries that wait to be sent.")
OLDEST = Gauge("claimwire_alerts_outbox_oldest_due_timestamp_seconds", "When the longest waiting delivery was due; 0 where none waits.")
DEAD = Gauge("claimwire_alerts_outbox_dead", "Deliveries that were given up.")

for _outcome in Outcome:
    FINDINGS.labels(_outcome)
for _reason in Reason:
    ALERTS.labels(_reason)
for _kind in KINDS:
    for _attempt in ATTEMPTS:
        DELIVERIES.labels(_kind, _attempt)

_measuring = threading.Lock()


def measure_outbox(engine: Engine) -> None:
    """Read how the outbox stands. One thread at a time, so that an older reading never covers a newer one."""
    with _measuring:
        depth = outbox.depth(engine)
        OUTBOX.set(depth.pending)
        OLDEST.set(depth.oldest_due.timestamp() if depth.oldest_due else 0)
        DEAD.set(depth.dead)
