"""Splits an article's text into sentences. Every line of the text is a paragraph and ends a sentence; what is too long is cut, and said so.

Normalises first what only deceives: zero-width and bidirectional marks, control characters, lone surrogates.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sentencex import segment

TEXT_LIMIT = 200_000  # characters; the longest real reports are half of it
SENTENCE_LIMIT = 2_000
INVISIBLE = re.compile(
    r"[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\x00-\x08\x0b-\x1f\x7f-\x9f]|[\ud800-\udfff]"
)
SPACES = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A title and the sentences under it; `first` is the number of the first one, -1 where the title itself is the only sentence."""

    title: str
    sentences: Sequence[str]
    first: int = 0


@dataclass(frozen=True, slots=True)
class Split:
    """The sentences of a text, and whether its end was cut off."""

    sentences: list[str]
    cut: bool


def clean(text: str) -> str:
    """The text in composed form (NFC), without what a reader cannot see, with single spaces."""
    return SPACES.sub(" ", INVISIBLE.sub("", unicodedata.normalize("NFC", INVISIBLE.sub("", text)))).strip()


def split(text: str) -> Split:
    """The sentences of this text."""
    cut = len(text) > TEXT_LIMIT
    sentences: list[str] = []
    for line in clean(text[:TEXT_LIMIT]).split("\n"):
        if line := line.strip():
            sentences.extend(piece for sentence in segment("en", line) for piece in _bounded(sentence.strip()) if piece)
    return Split(sentences, cut)


def _bounded(sentence: str) -> list[str]:
    return [sentence[at : at + SENTENCE_LIMIT] for at in range(0, len(sentence), SENTENCE_LIMIT)]
