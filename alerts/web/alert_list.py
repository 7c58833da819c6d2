"""`/alerts`: all alerts, the newest first, paged by sequence so that new ones shift nothing."""

from starlette.requests import Request
from starlette.responses import Response

from alerts.ledger import reading
from alerts.web.pages import Desk

PAGE = 50
LONGEST_SEQUENCE = 9  # digits; sequences are 32-bit


def show(desk: Desk, request: Request) -> Response:
    """The alerts before `?before=`, or the newest."""
    asked = request.query_params.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= LONGEST_SEQUENCE else None
    found = reading.recent_alerts(desk.engine, PAGE + 1, before_sequence=before)
    shown = found[:PAGE]
    older = shown[-1].sequence if len(found) > PAGE else None
    return desk.render("alerts.html", "/alerts", alerts=shown, older=older, newest=before is None)
