"""What classify counts. Label values come from closed sets, made at start."""

import math

from prometheus_client import Counter, Gauge, Histogram

from classify.drift import BUCKETS
from classify.labels import KINDS

OUTCOMES = ("tagged", "clean", "unsupported_language", "empty")
STEPS = ("split", "tag", "append")
SHADOW_OUTCOMES = ("read", "dropped", "failed")
DRIFTS = ("scores", "sentences")
FOUND_BY = ("both", "live", "shadow")

ARTICLES = Counter("claimwire_classify_articles", "Articles read, by what became of them.", ["outcome"])
SENTENCES = Counter("claimwire_classify_sentences", "Sentences of the articles read.")
PASSED = Counter("claimwire_classify_passed_sentences", "Sentences that the gate let through to the reader.")
FOUND = Counter("claimwire_classify_found_sentences", "Sentences with a finding.")
CUT = Counter("claimwire_classify_cut_articles", "Articles whose end was cut off because they are longer than the limit.")
FINDINGS = Counter("claimwire_classify_findings", "Findings, by topic and stance.", ["topic", "stance"])
BATCH = Histogram("claimwire_classify_batch_articles", "Articles in a batch.", buckets=(1, 2, 4, 8, 16, 32, 64, 128))
SECONDS = Histogram(
    "claimwire_classify_seconds",
    "Seconds a batch spends in a step.",
    ["step"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SCORE = Histogram("claimwire_classify_score", "Scores of the findings, from 0 to 1.", buckets=BUCKETS)
DRIFT = Gauge(
    "claimwire_classify_drift",
    "How far the last 2,000 findings are from the reference in the model's card (population stability index): in their scores, "
    "in the share of sentences with one. NaN until there are 500, and for a model without a reference.",
    ["of"],
)
MODEL = Gauge("claimwire_classify_model_info", "1 for the model that is served.", ["model"])
READY = Gauge("claimwire_classify_model_ready", "1 once the model is loaded and checked, 0 before and where it must not be served.")
SHADOW_ARTICLES = Counter(
    "claimwire_classify_shadow_articles",
    "Articles offered to the shadow model: read, dropped because it was behind, failed.",
    ["outcome"],
)
SHADOW_FINDINGS = Counter(
    "claimwire_classify_shadow_findings",
    "Findings in the articles that the shadow model read, by who found them: both models, only the live one, only the shadow.",
    ["topic", "stance", "found_by"],
)
SHADOW_SECONDS = Histogram(
    "claimwire_classify_shadow_seconds",
    "Seconds that the shadow model takes for an article.",
    buckets=(0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SHADOW_MODEL = Gauge("claimwire_classify_shadow_model_info", "1 for the shadow model that reads along.", ["model"])

for _drift in DRIFTS:
    DRIFT.labels(_drift).set(math.nan)
for _outcome in OUTCOMES:
    ARTICLES.labels(_outcome)
for _topic, _stance in KINDS:
    FINDINGS.labels(_topic, _stance)
    for _by in FOUND_BY:
        SHADOW_FINDINGS.labels(_topic, _stance, _by)
for _outcome in SHADOW_OUTCOMES:
    SHADOW_ARTICLES.labels(_outcome)
for _step in STEPS:
    SECONDS.labels(_step)
