"""`POST /subscriptions/{id}/pause`, `resume`, `remove`: guard, act, redirect."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from alerts.ledger import subscribing
from alerts.web.pages import Desk


def change(desk: Desk, request: Request) -> Response:
    """Do it and go back to the list; 404 for a subscription that is not there."""
    id, action = request.path_params["id"], request.path_params["action"]
    if action not in ("pause", "resume", "remove") or subscribing.one(desk.engine, id) is None:
        return desk.problem(404, "No such subscription.", "It may have been removed on another screen.")
    if action == "remove":
        subscribing.remove(desk.engine, id)
    else:
        subscribing.change(desk.engine, id, active=action == "resume")
    return RedirectResponse("/subscriptions", 303)
