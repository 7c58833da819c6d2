"""`/events`: new alerts as server-sent events, read from the ledger by sequence. Keeps no queue: a slow reader reads later.

Each event's id is the alert's sequence. A browser that comes back is sent what it missed, or told to load the page again.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy.exc import DBAPIError
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from alerts.ledger import reading
from alerts.nouns import Alert
from alerts.web.pages import OVERLAP, Desk
from alerts.web.words import alert_headline, reason_words
from wire.database import is_outage

LOOK_SECONDS = 0.5
PING_SECONDS = 15
SEND_TIMEOUT_SECONDS = 30  # a reader that takes nothing for so long is dropped; it comes back by itself
BATCH = 50
#: A browser that missed more than this is told to load the page again.
MOST_REPLAYED = 200
LONGEST_SEQUENCE = 9  # digits; sequences are 32-bit


async def stream(desk: Desk, request: Request) -> Response:
    """New alerts from Last-Event-ID on, or from `?after=`, or from now."""
    asked = request.headers.get("last-event-id", request.query_params.get("after"))
    events = follow(desk, asked)
    return EventSourceResponse(events, ping=PING_SECONDS, ping_message_factory=ping, send_timeout=SEND_TIMEOUT_SECONDS)


async def follow(desk: Desk, asked: str | None) -> AsyncIterator[ServerSentEvent]:
    """Events until the desk stops. `asked` is the last sequence that the browser has; None is the newest."""
    newest = await run_in_threadpool(newest_sequence, desk)
    known = sequence_of(asked)
    after = newest if asked is None or known is None else known
    if known is None and asked is not None or after > newest or newest - after > MOST_REPLAYED:
        after = newest
        yield ServerSentEvent(event="reset", id=str(newest), data=str(newest), retry=1000)
    else:
        yield ServerSentEvent(event="ready", id=str(after), data=str(after), retry=1000)
    sent: set[int] = set()
    while not desk.stopping():
        for alert in await run_in_threadpool(missed, desk, after, sent):
            after = max(after, alert.sequence)
            yield ServerSentEvent(event="alert", id=str(after), data=json.dumps(described(alert)))
        sent = {sequence for sequence in sent if sequence > after - OVERLAP}
        await asyncio.sleep(LOOK_SECONDS)


def missed(desk: Desk, after: int, sent: set[int]) -> list[Alert]:
    """Alerts from a little before `after` on that are not in `sent`; puts them there. None while the ledger is away."""
    try:
        found = reading.recent_alerts(desk.engine, OVERLAP + BATCH, after_sequence=after - OVERLAP)
    except DBAPIError as error:
        if is_outage(error):
            return []
        raise
    new = [alert for alert in found if alert.sequence not in sent]
    sent.update(alert.sequence for alert in new)
    return new


def newest_sequence(desk: Desk) -> int:
    """The sequence of the newest alert; 0 where there is none."""
    found = reading.recent_alerts(desk.engine, 1)
    return found[0].sequence if found else 0


def sequence_of(asked: str | None) -> int | None:
    """The sequence in a Last-Event-ID; None where it holds none."""
    asked = asked or ""
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_SEQUENCE else None


def described(alert: Alert) -> dict[str, Any]:
    """What the browser needs to announce an alert."""
    return {
        "sequence": alert.sequence,
        "id": alert.id,
        "claim": alert.claim,
        "headline": alert_headline(alert),
        "reason": ", ".join(filter(None, reason_words(alert))),
        "url": f"/alerts/{alert.id}",
        "published": alert.published.isoformat(),
        "created": alert.created.isoformat(),
    }


def ping() -> ServerSentEvent:
    """An event, not a comment: the page sees it, and so can tell a dead connection from a quiet one."""
    return ServerSentEvent(event="ping", data="")
