"""Which language a text is in. Loads py3langid's model (some 10 MB) on first use; refuses to guess from a few words."""

from functools import cache
from typing import Any

#: Languages that the model reads.
READ = frozenset({"en"})
#: Below this many letters headlines such as "Pyongyang silent on Kursk reports" pass for Tagalog.
LEAST_LETTERS = 100
#: Letters looked at; more change nothing.
SAMPLE = 3000
#: py3langid's calibrated probability below which we say nothing.
LEAST_CONFIDENCE = 0.5


def detect(text: str, declared: str = "") -> str | None:
    """ISO 639-1 code; None where the text is too short to tell. `declared`, the feed's own language, is believed for short texts."""
    sample = text[:SAMPLE]
    if sum(map(str.isalpha, sample)) >= LEAST_LETTERS:
        language, confidence = _identifier().classify(sample)
        if confidence >= LEAST_CONFIDENCE:
            return str(language)
    code = declared.strip().lower()[:2]
    # Many foreign outlets leave their template's `en` in; another language is never there by accident.
    return code if len(code) == 2 and code.isalpha() and code not in READ else None


@cache
def _identifier() -> Any:
    # Imported here, so that only the children pay for numpy and the model.
    from py3langid.langid import _load_identifier

    return _load_identifier(norm_probs=True)
