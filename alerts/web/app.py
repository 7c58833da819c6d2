"""Puts the desk together: pages, static files, the guard before them. Binds nothing; alerts.app does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from alerts.web import alert_list, alert_page, board, claim, events, subscription_change, subscriptions
from alerts.web.guard import LOOPBACK, Guard
from alerts.web.pages import HERE, Desk, make_templates
from wire.database import is_outage
from wire.messages import utc_now


def create_app(
    engine: Engine,
    *,
    hosts: Sequence[str] = LOOPBACK,
    stopping: Callable[[], bool] = lambda: False,
    clock: Callable[[], datetime] = utc_now,
) -> Starlette:
    """The desk over this ledger. It answers to the host names in `hosts` (`*`: any); live streams end once `stopping()`."""
    desk = Desk(engine, make_templates(), clock, stopping)
    routes = [
        Route("/", partial(board.show, desk)),
        Route("/claims/{id:int}", partial(claim.show, desk)),
        Route("/alerts", partial(alert_list.show, desk)),
        Route("/alerts/{id}", partial(alert_page.show, desk)),
        Route("/subscriptions", partial(subscriptions.show, desk)),
        Route("/subscriptions", partial(subscriptions.subscribe, desk), methods=["POST"]),
        Route("/subscriptions/{id}/{action}", partial(subscription_change.change, desk), methods=["POST"]),
        Route("/events", partial(events.stream, desk)),
        Route("/healthz", health),
        Mount("/static", Immutable(directory=HERE / "static")),
    ]
    problems: Mapping[Any, Callable[[Request, Exception], Response]] = {404: partial(not_found, desk), DBAPIError: unreachable}
    return Starlette(routes=routes, middleware=[Middleware(Guard, hosts=hosts)], exception_handlers=problems)


def health(request: Request) -> Response:
    """The process answers. Whether it is ready stands on the telemetry port."""
    return PlainTextResponse("ok\n")


def not_found(desk: Desk, request: Request, error: Exception) -> Response:
    """A page for an address that is none; plain text for a missing file."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/static/"):
        return PlainTextResponse("not found\n", 404)
    return desk.problem(404, "Nothing here.", "There is no page at this address.")


def unreachable(request: Request, error: Exception) -> Response:
    """503 while the ledger is away; any other error of the database goes on up."""
    if not is_outage(error):
        raise error
    return PlainTextResponse("The ledger cannot be reached now. Try again in a moment.\n", 503, {"retry-after": "5"})


class Immutable(StaticFiles):
    """Files that a browser keeps for good: their address changes with their content. Fonts do not change."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, to be kept for a year where it is a font or was asked for by version."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = (
            "max-age=31536000, immutable" if scope["query_string"] or path.startswith("fonts/") else "no-cache"
        )
        return response
