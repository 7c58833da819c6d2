"""The label space of the network: which output stands for what. Saved beside the weights and compared at load."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from wire.messages import BODIES, SIDES, STANCES, TOPICS, Stance, Topic
from wire.places import places

#: One output a (topic, stance); a sentence has as many mentions as outputs over their threshold.
KINDS: tuple[tuple[Topic, Stance], ...] = tuple((topic, stance) for topic in TOPICS for stance in STANCES)
ROLES = ("force", "place", "side")
NOBODY = "-"


@cache
def countries() -> tuple[str, ...]:
    """The country codes, sorted. `AL` is among them: as a body, the Arab League, it has no code of its own."""
    return tuple(sorted(code for code in places() if code not in BODIES or code == "AL"))


@cache
def codes() -> tuple[str, ...]:
    """Every country, body and kind of speaker that a slot can hold; the last stands for none."""
    bodies = sorted(set(BODIES) - set(countries()))
    return (*countries(), *bodies, *SIDES, NOBODY)


@dataclass(frozen=True, slots=True)
class Mention:
    """Who says what of a claim in one sentence; fields as in docs/labels.md. Scores are probabilities."""

    topic: Topic
    stance: Stance
    force: tuple[str, ...]
    place: str | None
    speaker: str | None
    speaker_side: str | None
    count: int | None
    score: float

    def gold(self) -> dict[str, object]:
        """The mention as a gold file holds it, with its score."""
        return {
            "topic": self.topic,
            "stance": self.stance,
            "force": list(self.force),
            "place": self.place,
            "speaker": self.speaker,
            "speaker_side": self.speaker_side,
            "count": self.count,
            "score": round(self.score, 4),
        }


def allowed(role: str, labels: Sequence[str]) -> list[bool]:
    """Which codes a role may hold: a force is no kind of speaker, a place is a country."""
    if role == "place":
        return [code in countries() or code == NOBODY for code in labels]
    if role == "force":
        return [code not in SIDES and code != NOBODY for code in labels]
    return [True] * len(labels)
