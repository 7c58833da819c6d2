"""The words that a person would use for claims and alerts. Pure; knows no channel and no markup."""

from collections.abc import Sequence
from datetime import datetime

from wire.places import demonym, in_prose, party_name, place_name

#: Sides that are not countries or bodies, as a sentence begins with them.
UNNAMED = {"anonymous": "Unnamed sources", "media": "Media", "expert": "Experts", "nonstate": "A non-state group"}
#: Verbs of a stance as a headline has them; (plural, singular).
VERBS = {
    "confirm": ("CONFIRM", "CONFIRMS"),
    "deny": ("DENY", "DENIES"),
    "allege": ("ALLEGE", "ALLEGES"),
    "no_comment": ("WILL NOT COMMENT ON", "WILL NOT COMMENT ON"),
    "anticipate": ("EXPECT", "EXPECTS"),
    "background": ("REPORT", "REPORTS"),
}
NOUNS = {
    "confirm": "confirmation",
    "deny": "denial",
    "allege": "allegation",
    "no_comment": "no-comment",
    "anticipate": "expectation",
    "background": "report",
}
PLURAL = ("anonymous", "media", "expert")


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def claim_title(topic: str, force: Sequence[str], place: str | None) -> str:
    """`North Korean troops in Russia`, `Escalation by Russia in Ukraine`."""
    if topic == "foreign_troops":
        what = f"{_listed([demonym(code) for code in force])} troops" if force else "Foreign troops"
    else:
        what = f"Escalation by {_listed([in_prose(code) for code in force])}" if force else "Escalation"
    if place and (place,) == tuple(force):
        return f"{what} at home"
    if place:
        return f"{what} in {in_prose(place)}"
    return f"{what} abroad" if topic == "foreign_troops" and force else what


def side_name(side: str | None) -> str:
    """`Russia`, `NATO`, `Unnamed sources`; None is the article's own voice."""
    if side is None:
        return "The article itself"
    return UNNAMED.get(side) or party_name(side)


def day(moment: datetime) -> str:
    """`24 October 2024`, in UTC."""
    return f"{moment.day} {moment:%B %Y}"


def headline(
    topic: str, force: Sequence[str], place: str | None, side: str, stance: str, reason: str, previous: str | None, since: datetime | None
) -> str:
    """`Russia CONFIRMS North Korean troops in Russia: reverses its no-comment of 24 October 2024`."""
    title = claim_title(topic, force, place)
    what = title[0].lower() + title[1:] if topic == "escalation" or not force else title
    name = UNNAMED.get(side) or in_prose(side)
    if side == "AL":
        name = party_name(side)
    verb = VERBS[stance][0 if side in PLURAL else 1]
    if reason == "reversal" and previous:
        why = f"reverses its {NOUNS[previous]}" + (f" of {day(since)}" if since else "")
    else:
        why = f"its first {NOUNS[stance]}"
    return f"{name[0].upper()}{name[1:]} {verb} {what}: {why}"


def codes_in_words(codes: Sequence[str]) -> str:
    """`North Korea and Russia`, for forms and lists; empty where there are none."""
    return _listed([UNNAMED.get(code) or place_name(code) for code in codes]) if codes else ""


def printable(text: str) -> str:
    """Text on one line without control characters, which could act on a terminal or a mail header."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
