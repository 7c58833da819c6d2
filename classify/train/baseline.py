"""A regular-expression tagger: what the transformer is measured against. Never served."""

import re
from collections.abc import Sequence

from classify.labels import Mention
from classify.names import Names
from classify.numbers import numbers
from classify.sentences import Text
from wire.messages import Stance, Topic

TOPICS: dict[Topic, re.Pattern[str]] = {
    "foreign_troops": re.compile(
        r"\b(foreign (troops|fighters|soldiers|forces)|mercenar\w+|peacekeep\w+|Wagner|instructors|advisers"
        r"|([A-Z]\w+(ese|ian|ean|an|ish|ch|i)s?|NATO|UN|US|American) (\w+ ){0,2}(troops|soldiers|forces|fighters|personnel|units)"
        r"|(send|sent|sends|deploy\w*|dispatch\w*) .{0,40}(troops|soldiers|forces|men|personnel)"
        r"|(troops|soldiers|fighters|forces|personnel) .{0,40}(deploy\w*|sent|fight\w*|presence))\b"
    ),
    "escalation": re.compile(
        r"\b(escalat\w+|retaliat\w+|nuclear|mobili[sz]\w+|declar\w+ war|ultimatum|long-range|red line|all-out war|wider war"
        r"|(close[sd]?|closing) (its|the) border|(end|collapse)\w* .{0,20}(ceasefire|truce)|for the first time)\b",
        re.IGNORECASE,
    ),
}
#: In this order: the first that matches decides.
STANCES: tuple[tuple[Stance, re.Pattern[str]], ...] = (
    ("no_comment", re.compile(r"\b(declin\w+ to|refus\w+ to (say|comment|confirm)|no comment|neither confirm\w*)", re.IGNORECASE)),
    ("deny", re.compile(r"\b(den(y|ies|ied)|reject\w*|dismiss\w*|baseless|groundless|false|fake|no (troops|soldiers))\b", re.IGNORECASE)),
    ("confirm", re.compile(r"\b(confirm\w*|acknowledg\w*|admit\w*|verif\w*)\b", re.IGNORECASE)),
    ("anticipate", re.compile(r"\b(will|would|could|may|might|threaten\w*|plan\w*|prepar\w*|vow\w*|warn\w*)\b", re.IGNORECASE)),
    ("allege", re.compile(r"\b(said|says|claim\w*|accus\w*|alleg\w*|according to|estimat\w*|believe\w*)\b", re.IGNORECASE)),
    ("background", re.compile("")),
)
SPEAKER = re.compile(r"((?:[A-Z][\w’'-]+ ?){1,4})(?=(?:said|says|told|confirmed|denied|declined|refused|warned|vowed|claimed)\b)")


class RegexTagger:
    """Tags as `classify.tag.Tagger` does, by patterns alone."""

    def __init__(self) -> None:
        self.names = Names()

    def tag(self, texts: Sequence[Text]) -> list[list[list[Mention]]]:
        """For each text, for each of its sentences, its mentions."""
        return [[self._mentions(sentence) for sentence in text.sentences] for text in texts]

    def _mentions(self, sentence: str) -> list[Mention]:
        topics = [topic for topic, pattern in TOPICS.items() if pattern.search(sentence)]
        if not topics:
            return []
        stance = next(stance for stance, pattern in STANCES if pattern.search(sentence))
        codes = [name.code for name in self.names.find(sentence)]
        speaker = SPEAKER.search(sentence)
        figures = numbers(sentence)
        return [
            Mention(
                topic=topic,
                stance=stance,
                force=tuple(codes[:1]),
                place=next((code for code in reversed(codes) if len(code) == 2), None),
                speaker=speaker[1].strip() if speaker else None,
                speaker_side=codes[0] if codes and stance != "background" else None,
                count=figures[0].value if figures and topic == "foreign_troops" else None,
                score=1.0,
            )
            for topic in topics
        ]
