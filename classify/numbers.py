"""Finds the whole numbers that a sentence states, in figures or in words. Judges nothing: which one counts soldiers the model tells."""

import re
from dataclasses import dataclass

TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
UNITS = {word: value for value, word in enumerate(f"zero one two three four five six seven eight nine {TEENS}".split())}
TENS = {word: 10 * (place + 2) for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
LARGEST = 10_000_000_000

#: Figures that stand alone: no part of a name (T-72), an ordinal (155th) or a sum of money ($20 billion).
FIGURES = re.compile(r"(?<![\w.,$€£])(?<![A-Za-z]-)(?:\d{1,3}(?:[,\u00a0\u202f ]\d{3})+|\d+(?:\.\d+)?)(?![\d,]*\d)(?![A-Za-z])")
SCALE_AFTER = re.compile(r"[ -](hundred|thousand|million|billion)\b", re.IGNORECASE)
WORDS = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the characters that state it."""

    start: int
    end: int
    value: int


def numbers(sentence: str) -> list[Number]:
    """The whole numbers in this sentence, in order: `11,000`, `1.5 million`, `two hundred`, `a dozen`."""
    found = [*_in_figures(sentence), *_in_words(sentence)]
    return sorted((n for n in found if n.value <= LARGEST), key=lambda n: n.start)


def _in_figures(sentence: str) -> list[Number]:
    found = []
    for match in FIGURES.finditer(sentence):
        value, end = float(re.sub(r"[,\s]", "", match[0])), match.end()
        if scale := SCALE_AFTER.match(sentence, end):
            value, end = value * SCALES[scale[1].lower()], scale.end()
        if value <= LARGEST and round(value, 6) == int(value):  # so many digits are infinite as a float, which has no int
            found.append(Number(match.start(), end, int(value)))
    return found


def _in_words(sentence: str) -> list[Number]:
    found: list[Number] = []
    run: list[re.Match[str]] = []
    for match in [*WORDS.finditer(sentence), None]:
        if match and _continues(run, match, sentence):
            run.append(match)
            continue
        if value := _value([m[0].lower() for m in run]):
            found.append(Number(run[0].start(), run[-1].end(), value))
        run = [match] if match and _opens(match[0].lower()) else []
    return found


def _opens(word: str) -> bool:
    return word in UNITS or word in TENS or word in ("a", "an", "dozen")


def _continues(run: list[re.Match[str]], match: re.Match[str], sentence: str) -> bool:
    if not run or sentence[run[-1].end() : match.start()] not in (" ", "-"):
        return False
    word, last = match[0].lower(), run[-1][0].lower()
    if last in ("a", "an"):
        return word in SCALES or word == "dozen"
    if last in TENS:
        return word in SCALES or 0 < UNITS.get(word, 0) < 10
    if word == "and":
        return last in SCALES
    return word in SCALES or word == "dozen" or ((last in SCALES or last == "and") and (word in UNITS or word in TENS))


def _value(words: list[str]) -> int:
    """The value of these words, 0 where they are none (`a` alone)."""
    total, current = 0, 0
    for word in words:
        if word in UNITS or word in TENS:
            current += UNITS.get(word, 0) + TENS.get(word, 0)
        elif word == "dozen":
            current = max(current, 1) * 12
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in SCALES:
            total, current = total + max(current, 1) * SCALES[word], 0
    return total + current
