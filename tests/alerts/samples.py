"""Findings for tests: Russia on North Korean troops in Russia, unless told otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.channels.result import Message
from alerts.nouns import Alert, Reason
from wire.messages import Finding, derived_id

MORNING = datetime(2024, 10, 24, 8, 0, tzinfo=UTC)
CONFIRMS = "We confirm that soldiers of the Korean People's Army fought in the Kursk region, Maria Zakharova said."
DENIES = "Reports of North Korean soldiers in Russia are one more fake, Dmitry Peskov said on Monday."


def at(hours: float) -> datetime:
    """So many hours after the morning of 24 October 2024."""
    return MORNING + timedelta(hours=hours)


def finding(stance: str = "confirm", hours: float = 0, *, article: str | None = None, **fields: Any) -> Finding:
    """A finding published at(hours), each article at its own address."""
    article = article or derived_id("article", stance, str(hours), repr(sorted(fields.items())))
    published = at(hours)
    values: dict[str, Any] = {
        "article": article,
        "url": f"https://outlet.example/{article}",
        "outlet": "The Outlet",
        "title": "Kremlin on North Korean troops",
        "text_hash": "0" * 64,
        "published": published,
        "fetched": published + timedelta(minutes=2),
        "topic": "foreign_troops",
        "stance": stance,
        "force": ("KP",),
        "place": "RU",
        "speaker": "Maria Zakharova",
        "speaker_side": "RU",
        "count": None,
        "sentence": f"In article {article} the side's stance was {stance}.",
        "sentence_index": 0,
        "score": 0.9,
        "model": "test",
        "tagged": published + timedelta(minutes=3),
    }
    values |= fields
    identity = derived_id(article, values["sentence_index"], values["topic"], str(values["speaker_side"]), stance, str(values["place"]))
    return Finding(**{"id": identity, **values})


def alert(**fields: Any) -> Alert:
    """An alert: Russia confirms, reversing its denial."""
    values: dict[str, Any] = {
        "id": "a" * 32,
        "sequence": 7,
        "reason": Reason.reversal,
        "claim": 3,
        "claim_title": "North Korean troops in Russia",
        "headline": "Russia CONFIRMS North Korean troops in Russia: reverses its denial of 24 October 2024",
        "topic": "foreign_troops",
        "force": ("KP",),
        "place": "RU",
        "side": "RU",
        "stance": "confirm",
        "previous": "deny",
        "previous_since": MORNING,
        "speaker": "Maria Zakharova",
        "sentence": CONFIRMS,
        "title": "Moscow confirms",
        "url": "https://outlet.example/1",
        "outlet": "The Outlet",
        "score": 0.93,
        "published": at(24),
        "fetched": at(24.1),
        "created": at(24.2),
        "finding": "f" * 32,
        "article": "1",
    }
    return Alert(**values | fields)


def message(channel: str, *, secret: str | None = None, delivery: str = "d" * 32, **fields: Any) -> Message:
    """That alert on its way to a channel."""
    return Message(delivery, alert(**fields), channel, secret, "http://127.0.0.1:8400/alerts/" + "a" * 32)
