"""Why the model said what it said, or nothing: how near each stance was, what stood for each slot, which words weighed most.

Computes only, by what the tagger computes by; prints nothing. Slow: dozens of readings for each sentence whose words are weighed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from classify.labels import KINDS, NOBODY, ROLES, Mention
from classify.layout import Candidates, Floats, candidates, slots_input
from classify.model import Reading
from classify.occlusion import Part, Weight, log_odds, parts, scores_without, weight
from classify.sentences import Text
from classify.tag import Tagger, chosen_force, speaker_words, stated_count
from classify.windows import Window, laid_out, windows

#: So many sentences without a mention have their words weighed, too: those that came nearest to one.
NEAREST = 3
#: A code less likely than this is no candidate, unless it was chosen.
LEAST_LIKELY = 0.01

#: Is told how many readings are done and how many there will be.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Stages:
    """What each stage gave a sentence: the gate log-odds over what lets it through, from 0 on, the reader its highest probability."""

    gate: float
    reader: float

    @property
    def passed(self) -> bool:
        """Whether the gate let the sentence through to the reader."""
        return self.gate >= 0


@dataclass(frozen=True, slots=True)
class Stance:
    """A stance with its score, and the threshold from which it is a mention."""

    stance: str
    score: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code that a slot could hold: how likely, by which names of the window it is pointed to, whether the slot holds it."""

    code: str
    probability: float
    names: tuple[str, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """A (topic, stance) of a sentence with its slots and what decided it; no weights where nobody weighed.

    `others` are the other stances of the topic, likeliest first; `slots` the candidates of each role, likeliest first.
    """

    mention: Mention
    threshold: float
    others: tuple[Stance, ...]
    slots: Mapping[str, tuple[Candidate, ...]]
    words: tuple[Weight, ...] = ()
    around: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """A sentence and the kinds that were found in it; where none was, `nearest` is the one that came nearest to its threshold.

    It may be over it, in a sentence that the gate did not let through: then it is what the reader would have found.
    """

    index: int
    sentence: str
    stages: Stages
    found: tuple[Kind, ...]
    nearest: Kind | None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A sentence in the window that answers for it, the kinds to explain, how far the best is past its threshold (log-odds)."""

    window: Window
    reading: Reading
    unit: int
    stages: Stages
    kinds: tuple[int, ...]
    margin: float

    @property
    def found(self) -> bool:
        return self.margin >= 0 and self.stages.passed


def explain(tagger: Tagger, text: Text, progress: Progress = lambda done, total: None) -> list[Explanation]:
    """Every sentence of this text, in order."""
    seen = _all_seen(tagger, text)
    hidden = {place: parts(seen[place].window, seen[place].unit) for place in _worth_weighing(seen)}
    total, done, explained = sum(map(len, hidden.values())), 0, []
    for place, one in enumerate(seen):
        without = []
        for part in hidden.get(place, ()):
            without.append((part, scores_without(tagger.model, one.window, one.unit, part)))
            done += 1
            progress(done, total)
        kinds = tuple(_weighed(kind, number, without) for kind, number in zip(_kinds(tagger, one), one.kinds, strict=True))
        explained.append(
            Explanation(
                index=one.window.index[one.unit] + text.first,
                sentence=one.window.units[one.unit].text,
                stages=one.stages,
                found=kinds if one.found else (),
                nearest=None if one.found else kinds[0],
            )
        )
    return explained


def _all_seen(tagger: Tagger, text: Text) -> list[_Seen]:
    """Every sentence: those that the gate lets through in the windows that the tagger reads, the others in windows of their own."""
    if not text.sentences:
        return []
    laid = laid_out(tagger.model.tokeniser, text.title, text.sentences)
    gate = tagger.model.gate(laid)
    read = [*windows(laid, (gate >= 0).tolist()), *windows(laid, (gate < 0).tolist())]
    return sorted((one for window in read for one in _seen(tagger, window, gate)), key=lambda one: one.window.index[one.unit])


def _seen(tagger: Tagger, window: Window, gate: Floats) -> Iterator[_Seen]:
    reading, thresholds = tagger.model.read(window), tagger.model.thresholds
    for unit in (unit for unit, own in enumerate(window.own) if own):
        scores = reading.scores[unit]
        margins = log_odds(scores) - log_odds(thresholds)
        stages = Stages(float(gate[window.index[unit]]), float(scores.max()))
        over = np.nonzero(scores >= thresholds)[0].tolist() if stages.passed else []
        yield _Seen(window, reading, unit, stages, tuple(over or [int(margins.argmax())]), float(margins.max()))


def _worth_weighing(seen: Sequence[_Seen]) -> list[int]:
    """Which of these have a mention, or came nearest to one."""
    missed = sorted((place for place, one in enumerate(seen) if not one.found), key=lambda place: -seen[place].margin)
    return [*(place for place, one in enumerate(seen) if one.found), *missed[:NEAREST]]


def _kinds(tagger: Tagger, one: _Seen) -> Iterator[Kind]:
    """The kinds to explain with their slots, filled as the tagger fills them."""
    named = candidates(one.window, tagger.names)
    arrays = slots_input(one.window, [(one.unit, kind) for kind in one.kinds], named, tagger.labels, len(one.window.ids))
    speaker, codes, count = tagger.model.slots(one.reading, [one.unit] * len(one.kinds), arrays)
    names = _names(one.window, named)
    for row, kind in enumerate(one.kinds):
        slots = {role: _candidates(tagger, role, codes[row, place], names) for place, role in enumerate(ROLES)}
        held = {role: sorted(each.code for each in found if each.chosen and each.code != NOBODY) for role, found in slots.items()}
        topic, stance = KINDS[kind]
        mention = Mention(
            topic=topic,
            stance=stance,
            force=tuple(held["force"]),
            place=next(iter(held["place"]), None),
            speaker=speaker_words(one.window, one.unit, speaker[:, row]),
            speaker_side=next(iter(held["side"]), None),
            count=stated_count(named, count[row]),
            score=float(one.reading.scores[one.unit, kind]),
        )
        yield Kind(mention, float(tagger.model.thresholds[kind]), _others(tagger, one, kind), slots)


def _others(tagger: Tagger, one: _Seen, kind: int) -> tuple[Stance, ...]:
    scores, thresholds = one.reading.scores[one.unit], tagger.model.thresholds
    of_topic = [place for place, (topic, _) in enumerate(KINDS) if topic == KINDS[kind][0] and place != kind]
    others = [Stance(KINDS[place][1], float(scores[place]), float(thresholds[place])) for place in of_topic]
    return tuple(sorted(others, key=lambda other: -other.score))


def _candidates(tagger: Tagger, role: str, logits: Floats, names: Mapping[str, tuple[str, ...]]) -> tuple[Candidate, ...]:
    """What a slot could hold, likeliest first: of forces each may be one for itself, of places and of sides one is."""
    possible = np.where(tagger.closed[role], -np.inf, logits)
    if role == "force":
        chances = 1 / (1 + np.exp(-possible))
        chosen = chosen_force(chances)
    else:
        chances = np.exp(possible - possible.max())
        chances /= chances.sum()
        chosen = np.arange(len(chances)) == possible.argmax()
    likely = [place for place in np.argsort(-chances) if chosen[place] or chances[place] >= LEAST_LIKELY]
    codes = [tagger.labels[place] for place in likely]
    return tuple(
        Candidate(code, float(chances[place]), names.get(code, ()), bool(chosen[place])) for code, place in zip(codes, likely, strict=True)
    )


def _names(window: Window, named: Candidates) -> dict[str, tuple[str, ...]]:
    """The words in the window that point to each code, each once."""
    words: dict[str, dict[str, None]] = {}
    for unit, name, _ in named.names:
        words.setdefault(name.code, {})[window.units[unit].text[name.start : name.end]] = None
    return {code: tuple(found) for code, found in words.items()}


def _weighed(kind: Kind, number: int, without: Sequence[tuple[Part, Floats]]) -> Kind:
    weights = [weight(part, kind.mention.score, float(scores[number])) for part, scores in without]
    return replace(
        kind,
        words=tuple(one for one in weights if one.start is not None),
        around=tuple(one for one in weights if one.start is None),
    )
