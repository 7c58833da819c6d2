"""What `ingest` counts and times. Every label value comes from a closed set, made at start."""

from prometheus_client import Counter, Gauge, Histogram

from ingest.feeds import HEALTHS

#: How an entry of a feed leaves this stage.
ARTICLE_OUTCOMES = ("new", "duplicate", "stale", "unsupported_language", "empty", "too_large")
#: How a fetch of a feed or of an article's page ends.
FETCH_OUTCOMES = (
    "ok",  # a document that could be read
    "unchanged",  # 200, with the same bytes as before
    "not_modified",  # 304
    "gone",  # 410
    "http_error",  # any other status
    "refused",  # by us: a private address, another scheme, a bad redirect
    "too_large",
    "timeout",
    "unreachable",  # no name, no connection, broken off
    "unreadable",  # 200, but no feed or no article in it
    "hung",  # reading it took too long, its child was killed
)

articles = Counter("claimwire_ingest_articles_total", "Entries of feeds, by how they left this stage.", ["outcome"])
fetches = Counter("claimwire_ingest_fetches_total", "Polls of feeds, by how they ended.", ["outcome"])
pages = Counter("claimwire_ingest_pages_total", "Fetches of article pages, by how they ended.", ["outcome"])
feeds = Gauge("claimwire_ingest_feeds", "Feeds on the list, by health.", ["health"])
busy = Gauge("claimwire_ingest_polls_running", "Polls under way.")
cut = Counter("claimwire_ingest_cut_total", "Entries beyond what is read of one document.")
recoded = Counter("claimwire_ingest_recoded_total", "Documents whose declared character set was not theirs.")
fetch_seconds = Histogram(
    "claimwire_ingest_fetch_seconds", "Time to fetch one feed document.", buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
)
article_seconds = Histogram(
    "claimwire_ingest_article_seconds",
    "From the fetch of a feed to its article on the log, page included.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40),
)
delay_seconds = Histogram(
    "claimwire_ingest_publication_delay_seconds",
    "From the publication that the feed states to the article on the log.",
    buckets=(1, 5, 15, 30, 60, 120, 300, 900, 3600, 14400, 86400),
)

for outcome in ARTICLE_OUTCOMES:
    articles.labels(outcome)
for outcome in FETCH_OUTCOMES:
    fetches.labels(outcome)
    pages.labels(outcome)
for health in HEALTHS:
    feeds.labels(health)
