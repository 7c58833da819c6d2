"""How far what a model finds has moved from what it found when it was made. Pure; says that something changed, not what or why.

The measure is the population stability index, the sum of (live - reference) * ln(live / reference) over buckets, as credit scoring
uses it (N. Siddiqi, Credit Risk Scorecards, 2006): under 0.1 nothing, over 0.25 a significant change. What chance alone adds falls
with the number of findings (B. Yurdakul, J. Naranjo, Journal of Risk Model Validation 14, 2020), so that few are not measured.
"""

import math
from bisect import bisect_left
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from classify.labels import Mention

#: Upper bounds of the buckets that scores are counted in, in the metrics too.
BUCKETS = tuple(tenth / 10 for tenth in range(1, 11))
#: Findings that are looked back on.
WINDOW = 2000
#: With 500 findings against a reference of as many, chance alone gives some (10 - 1) * (1 / 500 + 1 / 500) = 0.04.
LEAST = 500
#: Articles that are looked back on at most, where hardly any holds a finding.
MOST_ARTICLES = 50_000

Tagged = Sequence[Sequence[Mention]]  # one article's mentions, sentence by sentence


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model found in some sentences."""

    sentences: int
    found: int  # sentences with a finding
    scores: tuple[int, ...]  # findings, by the bucket of their score

    @property
    def findings(self) -> int:
        """How many findings there are."""
        return sum(self.scores)

    def __add__(self, other: "Seen") -> "Seen":
        return self._with(other, 1)

    def __sub__(self, other: "Seen") -> "Seen":
        return self._with(other, -1)

    def _with(self, other: "Seen", sign: int) -> "Seen":
        scores = tuple(one + sign * two for one, two in zip(self.scores, other.scores, strict=True))
        return Seen(self.sentences + sign * other.sentences, self.found + sign * other.found, scores)

    def card(self) -> dict[str, Any]:
        """As the model's card holds it."""
        return asdict(self) | {"scores": list(self.scores)}


NOTHING = Seen(0, 0, (0,) * len(BUCKETS))


def seen(mentions: Tagged) -> Seen:
    """What was found in one article."""
    scores = [0] * len(BUCKETS)
    for found in mentions:
        for mention in found:
            scores[min(bisect_left(BUCKETS, mention.score), len(BUCKETS) - 1)] += 1
    return Seen(len(mentions), sum(bool(found) for found in mentions), tuple(scores))


def reference_of(card: Mapping[str, Any]) -> Seen | None:
    """The reference in a model's card; None where it has none, ValueError where it is none."""
    kept = card.get("reference")
    if kept is None:
        return None
    try:
        reference = Seen(int(kept["sentences"]), int(kept["found"]), tuple(int(count) for count in kept["scores"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"reference: {type(error).__name__}: {error}") from None
    if len(reference.scores) != len(BUCKETS) or min(*reference.scores, reference.found, reference.sentences - reference.found) < 0:
        raise ValueError(f"reference: should hold {len(BUCKETS)} counts and no more sentences found than read")
    return reference


def stability(reference: Sequence[int], live: Sequence[int]) -> float:
    """The population stability index of two histograms. Half a count is added to each bucket: an empty one would give infinity."""
    shares = zip(_shares(reference), _shares(live), strict=True)
    return sum((now - then) * math.log(now / then) for then, now in shares)


def _shares(counts: Sequence[int]) -> list[float]:
    total = sum(counts) + 0.5 * len(counts)
    return [(count + 0.5) / total for count in counts]


class Drift:
    """The articles lately read, against a reference. Knows no clock: the window is as long as WINDOW findings take."""

    def __init__(self, reference: Seen) -> None:
        self._reference = reference
        self._articles: deque[Seen] = deque()
        self._live = NOTHING

    def take(self, articles: Sequence[Tagged]) -> None:
        """Add articles that were read; the oldest leave where the window holds enough findings without them."""
        for mentions in articles:
            self._articles.append(seen(mentions))
            self._live += self._articles[-1]
        while self._articles and self._oldest_can_leave():
            self._live -= self._articles.popleft()

    def _oldest_can_leave(self) -> bool:
        return self._live.findings - self._articles[0].findings >= WINDOW or len(self._articles) > MOST_ARTICLES

    def scores(self) -> float:
        """The index of the findings' scores; not a number while there are fewer than LEAST findings."""
        return stability(self._reference.scores, self._live.scores) if self._live.findings >= LEAST else math.nan

    def sentences(self) -> float:
        """The index of the sentences with and without a finding; not a number while there are fewer than LEAST findings."""
        return stability(_split(self._reference), _split(self._live)) if self._live.findings >= LEAST else math.nan


def _split(one: Seen) -> tuple[int, int]:
    return one.found, one.sentences - one.found
