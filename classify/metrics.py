"""What classify counts. Label values come from closed sets, made at start."""

from prometheus_client import Counter, Gauge, Histogram

from classify.labels import KINDS

OUTCOMES = ("tagged", "clean", "unsupported_language", "empty")
STEPS = ("split", "tag", "append")

ARTICLES = Counter("claimwire_classify_articles", "Articles read, by what became of them.", ["outcome"])
SENTENCES = Counter("claimwire_classify_sentences", "Sentences read by the model.")
CUT = Counter("claimwire_classify_cut_articles", "Articles whose end was cut off because they are longer than the limit.")
FINDINGS = Counter("claimwire_classify_findings", "Findings, by topic and stance.", ["topic", "stance"])
BATCH = Histogram("claimwire_classify_batch_articles", "Articles in a batch.", buckets=(1, 2, 4, 8, 16, 32, 64, 128))
SECONDS = Histogram(
    "claimwire_classify_seconds",
    "Seconds a batch spends in a step.",
    ["step"],
    buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
SCORE = Histogram("claimwire_classify_score", "Scores of the findings, from 0 to 1.", buckets=[tenth / 10 for tenth in range(1, 11)])
MODEL = Gauge("claimwire_classify_model_info", "1 for the model that is served.", ["model"])
READY = Gauge("claimwire_classify_model_ready", "1 once the model is loaded and checked, 0 before and where it must not be served.")

for _outcome in OUTCOMES:
    ARTICLES.labels(_outcome)
for _topic, _stance in KINDS:
    FINDINGS.labels(_topic, _stance)
for _step in STEPS:
    SECONDS.labels(_step)
