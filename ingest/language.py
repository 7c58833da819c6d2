"""Which language a text is in. Loads py3langid's model (some 10 MB) on first use; refuses to guess from a few words."""

from collections import Counter
from functools import cache
from typing import Any

#: Languages that the model reads.
READ = frozenset({"en"})
#: Below this many letters headlines such as "Pyongyang silent on Kursk reports" pass for Tagalog.
LEAST_LETTERS = 100
#: Letters looked at; more change nothing.
SAMPLE = 3000
#: py3langid's calibrated probability below which we say nothing. Measured on 4,500 English news sentences cut to LEAST_LETTERS:
#: at 0.8 one is taken for another language, at 0.5 ten.
LEAST_CONFIDENCE = 0.8
#: Nigerian Pidgin is what headlines full of names are taken for; those who write it in the news write English.
SAME = {"pcm": "en"}


def detect(text: str, declared: str = "") -> str | None:
    """ISO 639-1 code; None where the text is too short to tell. `declared`, the feed's own language, is believed for short texts."""
    sample = text[:SAMPLE]
    if sum(map(str.isalpha, sample)) >= LEAST_LETTERS:
        likely: Counter[str] = Counter()
        for language, probability in _identifier().rank(sample)[:5]:
            likely[SAME.get(language, language)] += probability
        ((language, confidence),) = likely.most_common(1)
        if confidence >= LEAST_CONFIDENCE:
            return language
    code = declared.strip().lower()[:2]
    # Many foreign outlets leave their template's `en` in; another language is never there by accident.
    return code if len(code) == 2 and code.isalpha() and code not in READ else None


@cache
def _identifier() -> Any:
    # Imported here, so that only the children pay for numpy and the model.
    from py3langid.langid import _load_identifier

    return _load_identifier(norm_probs=True)
