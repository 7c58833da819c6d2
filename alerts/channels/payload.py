"""The alert as JSON and as text for a person, the same in every channel. Pure."""

import json
from datetime import datetime
from typing import Any

from alerts.channels.result import Message
from alerts.nouns import Alert
from alerts.wording import day, printable, side_name

STANCES = {
    "confirm": "confirmed",
    "deny": "denied",
    "allege": "alleged",
    "no_comment": "would not comment",
    "anticipate": "expected it",
    "background": "reported",
}


def as_json(message: Message) -> bytes:
    """`{"type": "alert", "timestamp": ..., "data": {...}}`, as Standard Webhooks has it."""
    alert = message.alert
    data: dict[str, Any] = {
        "id": alert.id,
        "sequence": alert.sequence,
        "headline": alert.headline,
        "reason": alert.reason,
        "claim": {"id": alert.claim, "title": alert.claim_title, "topic": alert.topic, "force": alert.force, "place": alert.place},
        "side": alert.side,
        "stance": alert.stance,
        "previous": alert.previous and {"stance": alert.previous, "since": _iso(alert.previous_since)},
        "evidence": {
            "speaker": alert.speaker,
            "sentence": alert.sentence,
            "title": alert.title,
            "url": alert.url,
            "outlet": alert.outlet,
            "published": _iso(alert.published),
            "score": alert.score,
            "finding": alert.finding,
            "article": alert.article,
        },
        "link": message.link,
    }
    return json.dumps({"type": "alert", "timestamp": _iso(alert.created), "data": data}, ensure_ascii=False).encode()


def as_text(message: Message) -> str:
    """The evidence in a few lines."""
    return "\n\n".join(filter(None, (evidence(message), before(message.alert), f"Score {message.alert.score:.2f}. {message.link}")))


def evidence(message: Message) -> str:
    """The sentence, who says so, and where it stands."""
    alert = message.alert
    speaker = f"{printable(alert.speaker)} ({side_name(alert.side)})" if alert.speaker else side_name(alert.side)
    source = f"{printable(alert.outlet)}, {day(alert.published)}, {alert.published:%H:%M} UTC: {printable(alert.title)}"
    return f"“{printable(alert.sentence)}”\n{speaker}\n\n{source}\n{printable(alert.url)}"


def before(alert: Alert) -> str:
    """What that side said before; empty where it had said nothing."""
    if not alert.previous:
        return ""
    since = f" on {day(alert.previous_since)}" if alert.previous_since else ""
    return f"Before: {side_name(alert.side)} {STANCES[alert.previous]}{since}."


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
