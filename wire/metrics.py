"""What the log's readers count. Label values are made when a loop starts: its group, its topics, the outcomes below."""

from prometheus_client import Counter, Gauge, Histogram

OUTCOMES = ("handled", "quarantined")
CAUSES = ("log", "database", "other")

RECORDS = Counter("claimwire_log_records_total", "Records read from the log, by what became of them.", ["group", "topic", "outcome"])
LAG = Gauge("claimwire_log_lag_records", "Records that the group has not committed yet.", ["group", "topic"])
BATCH_SECONDS = Histogram(
    "claimwire_log_batch_seconds",
    "Time to handle a batch, flush and commit.",
    ["group"],
    buckets=(0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
OUTAGES = Counter("claimwire_log_outages_total", "Times that a loop stood still because something it needs was away.", ["group", "cause"])
WAITING = Gauge("claimwire_log_waiting", "1 while a loop stands still because something it needs is away.", ["group"])
LOST = Counter(
    "claimwire_log_lost_records_total", "Records that the log's retention took before the group had read them.", ["group", "topic"]
)
