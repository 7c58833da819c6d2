"""General news: texts that an editor filed under what is neither war nor diplomacy, taken to have no mention. Only the gate learns from it.

Reads the JSON Lines of shared/data/conflict_news: `id`, `text`, the editors' category in `cat`, and what regular expressions hinted at.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from classify.items import Item
from classify.sentences import split

CATEGORIES = (
    "Arts and culture",
    "Business and economy",
    "Disasters and accidents",
    "Health and environment",
    "Law and crime",
    "Politics and elections",
    "Science and technology",
    "Sports",
)
#: Texts of one category that stand together as an article: each alone is a sentence or two.
TOGETHER = 6


def general_items(path: Path) -> Iterator[Item]:
    """Articles without a mention, put together from short texts of one category."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row.get("cat") in CATEGORIES and not row.get("ft_hint") and not row.get("st_hint")]
    for category in CATEGORIES:
        filed = [row for row in rows if row["cat"] == category]
        for group in (filed[start : start + TOGETHER] for start in range(0, len(filed), TOGETHER)):
            sentences = [sentence for row in group for sentence in split(row["text"]).sentences]
            name = f"general-{group[0]['id']}"
            yield {"id": name, "scenario": name, "title": "", "sentences": [{"text": text, "mentions": []} for text in sentences]}
