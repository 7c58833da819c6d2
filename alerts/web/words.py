"""The words and number forms of the pages. Pure; the sentences that channels share are in alerts.wording."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from alerts.nouns import Alert, Subscription
from alerts.wording import NOUNS, PLURAL, codes_in_words, side_name

#: (one side, several): "Russia confirms", "Experts confirm".
STANCES = {
    "confirm": ("confirms", "confirm"),
    "deny": ("denies", "deny"),
    "allege": ("alleges", "allege"),
    "no_comment": ("no comment", "no comment"),
    "anticipate": ("expects", "expect"),
    "background": ("reports", "report"),
}
#: What a newcomer is told of each stance.
MEANINGS = (
    ("confirm", "confirms: it is so"),
    ("deny", "denies: it is not so"),
    ("allege", "alleges: an outsider says so"),
    ("no_comment", "will not comment"),
    ("anticipate", "expects, plans or threatens it"),
)
BEFORE = {
    "confirm": "confirmed before",
    "deny": "denied before",
    "allege": "alleged before",
    "no_comment": "no comment before",
    "anticipate": "expected it before",
    "background": "reported before",
}
TOPIC_NAMES = {"foreign_troops": "Foreign troops", "escalation": "Escalation"}
REASON_NAMES = {"first_confirmation": "First confirmations", "first_denial": "First denials", "reversal": "Reversals"}


def stance_word(stance: str, side: str | None) -> str:
    """The stance as a verb for this side: `confirms`."""
    one, several = STANCES[stance]
    return several if side in PLURAL else one


def stance_noun(stance: str) -> str:
    """`confirmation`."""
    return NOUNS[stance]


def side_and_verb(alert: Alert) -> str:
    """`Russia confirms`."""
    return f"{side_name(alert.side)} {stance_word(alert.stance, alert.side)}"


def alert_headline(alert: Alert) -> str:
    """`Russia confirms: North Korean troops in Russia`."""
    return f"{side_and_verb(alert)}: {alert.claim_title}"


def reason_words(alert: Alert) -> tuple[str, str]:
    """Why this is an alert, and what was before: `Reversal` and `denied before`; the latter is empty for a first."""
    if alert.reason == "reversal" and alert.previous:
        return "Reversal", BEFORE[alert.previous]
    return f"First {NOUNS[alert.stance]}", ""


def short(instant: datetime, now: datetime) -> str:
    """The time today, the day and time this year, else the date; in UTC."""
    if instant.date() == now.date():
        return f"{instant:%H:%M}"
    if instant.year == now.year:
        return f"{instant.day} {instant:%b %H:%M}"
    return f"{instant.day} {instant:%b %Y}"


def full(instant: datetime) -> str:
    """`26 April 2025, 18:40 UTC`."""
    return f"{instant.day} {instant:%B %Y, %H:%M} UTC"


def number(count: int) -> str:
    """`11,000`."""
    return f"{count:,}"


def web_link(url: str) -> str | None:
    """The address where it is http or https; None for `javascript:` and whatever else a feed may hold."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme in ("http", "https") and parts.netloc else None


def spoken(sentence: str, speaker: str | None) -> Sequence[tuple[str, bool]]:
    """The sentence in pieces, each with whether it is the speaker's name."""
    before, found, after = sentence.partition(speaker) if speaker else (sentence, "", "")
    return [piece for piece in ((before, False), (found, True), (after, False)) if piece[0]]


def duration(seconds: float) -> str:
    """`4 s`, `12 min`, `3 h`, `5 days`."""
    for size, unit in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def wants(one: Subscription) -> str:
    """What a subscription asks for: `Reversals · Foreign troops · of North Korea · in Russia · said by Russia · score 0.8 or more`."""
    parts = [
        ", ".join(REASON_NAMES[reason] for reason in one.reasons),
        ", ".join(TOPIC_NAMES[topic] for topic in one.topics),
        f"of {codes_in_words(one.forces)}" if one.forces else "",
        f"in {codes_in_words(one.places)}" if one.places else "",
        f"said by {codes_in_words(one.sides)}" if one.sides else "",
        f"score {one.least_score:g} or more" if one.least_score else "",
    ]
    return " · ".join(filter(None, parts)) or "Every alert"
