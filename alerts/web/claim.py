"""`/claims/{id}`: who says what of one claim over time, in which sentence, and the numbers given."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from alerts.ledger import reading
from alerts.ledger.views import ClaimPage, PositionView
from alerts.web import lanes, numbers
from alerts.web.pages import Desk


@dataclass(frozen=True, slots=True)
class Entry:
    """A position in the record. It has the fields that a chip shows."""

    position: PositionView
    side: str
    stance: str
    previous: str | None
    role: str
    also: tuple[str, ...] = ()


def show(desk: Desk, request: Request) -> Response:
    """The claim's page, or 404."""
    id = int(request.path_params["id"])
    page = reading.claim_page(desk.engine, id) if id < 2**31 else None
    if page is None:
        return desk.problem(404, "No such claim.", "There is no claim at this address. The board shows all that there are.")
    return desk.render(
        "claim.html",
        "/",
        page=page,
        drawing=lanes.draw(page) if page.positions else None,
        record=record(page),
        chart=numbers.draw(lanes.claim_axis(page), page.numbers) if page.numbers else None,
        voice=numbers.voice,
    )


def record(page: ClaimPage) -> list[Entry]:
    """All positions, the newest first, each with the stance that the side held before."""
    entries = []
    for side, held in page.positions.items():
        for position in held:
            earlier = [other.stance for other in held if other.since < position.since]
            previous = earlier[-1] if earlier and earlier[-1] != position.stance else None
            entries.append(Entry(position, side, position.stance, previous, lanes.role(page.claim, side)))
    return sorted(entries, key=lambda entry: (entry.position.since, entry.position.id), reverse=True)
