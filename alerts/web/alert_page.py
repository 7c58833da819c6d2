"""`/alerts/{id}`: one alert with its evidence, what was said before it, and to whom it went."""

from starlette.requests import Request
from starlette.responses import Response

from alerts.ledger import reading
from alerts.nouns import Alert
from alerts.web.claim import Entry, record
from alerts.web.pages import Desk


def show(desk: Desk, request: Request) -> Response:
    """The alert's page, or 404."""
    alert = reading.alert(desk.engine, request.path_params["id"])
    if alert is None:
        return desk.problem(404, "No such alert.", "There is no alert at this address. The list of alerts shows all that there are.")
    return desk.render(
        "alert.html",
        "/alerts",
        alert=alert,
        before=said_before(desk, alert),
        deliveries=reading.deliveries(desk.engine, alert=alert.id),
    )


def said_before(desk: Desk, alert: Alert) -> list[Entry]:
    """Every side's positions up to this alert's, the newest first, without its own."""
    page = reading.claim_page(desk.engine, alert.claim)
    entries = record(page) if page else []
    return [entry for entry in entries if entry.position.alert != alert.id and entry.position.since <= alert.published]
