"""`/`: the board of claims with the newest alerts beside it."""

from starlette.requests import Request
from starlette.responses import Response

from alerts.ledger import reading
from alerts.web.pages import Desk
from alerts.web.words import MEANINGS
from alerts.wording import side_name
from wire.messages import TOPICS
from wire.places import places

CLAIMS_SHOWN = 100
ALERTS_SHOWN = 25
LONGEST_TEXT = 100


def show(desk: Desk, request: Request) -> Response:
    """The claims that changed last, those that the filter lets through."""
    asked = request.query_params
    topic, country = asked.get("topic", ""), asked.get("country", "")
    chosen = {
        "topic": topic if topic in TOPICS else "",
        "country": country if country in places() else "",
        "text": asked.get("text", "").replace("\0", " ").strip()[:LONGEST_TEXT],
    }
    rows = reading.board(desk.engine, CLAIMS_SHOWN + 1, **{name: value or None for name, value in chosen.items()})
    codes = {*reading.claim_countries(desk.engine), *filter(None, [chosen["country"]])}
    return desk.render(
        "board.html",
        "/",
        claims=rows[:CLAIMS_SHOWN],
        more=len(rows) > CLAIMS_SHOWN,
        alerts=reading.recent_alerts(desk.engine, ALERTS_SHOWN),
        filter=chosen,
        topics=TOPICS,
        countries=sorted(((code, side_name(code)) for code in codes), key=lambda pair: pair[1]),
        stances=MEANINGS,
    )
