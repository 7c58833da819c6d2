"""Names of countries, bodies and other sides, as people type them, to codes. Pure; guesses nothing but a suggestion in its error."""

from collections.abc import Mapping
from difflib import get_close_matches

from alerts.wording import UNNAMED
from wire.messages import BODIES
from wire.places import places


def codes_of(field: str, text: str) -> tuple[str, ...]:
    """The codes of `North Korea, RU, NATO`; ValueError naming the first that is unknown, with what may have been meant."""
    known = _known(field)
    words = [" ".join(word.split()) for word in text.replace(";", ",").replace("\n", ",").split(",")]
    codes = []
    for word in filter(None, words):
        code = known.get(word.lower())
        if code is None:
            raise ValueError(f"“{word[:60]}” is not known here{_suggestion(word, known)}")
        codes.append(code)
    return tuple(dict.fromkeys(codes))


def _known(field: str) -> Mapping[str, str]:
    """Every name that the field understands, in lower case, with its code; later entries win."""
    known: dict[str, str] = {}
    for place in places().values():
        if field == "places" and place.code in BODIES:
            continue
        known |= dict.fromkeys((name.lower() for name in (place.demonym, place.prose, place.name, place.code)), place.code)
    if field == "sides":
        for code, name in UNNAMED.items():
            known |= {code: code, name.lower(): code}
    return known


def _suggestion(word: str, known: Mapping[str, str]) -> str:
    near = get_close_matches(word.lower(), [name for name in known if len(name) > 2], 1, 0.7)
    if not near:
        return ": write a country’s name or its two-letter code."
    name = places()[known[near[0]]].name if known[near[0]] in places() else UNNAMED[known[near[0]]]
    return f": did you mean {name}?"
