"""What every page needs: the ledger, the clock and the templates. Holds no page itself."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from sqlalchemy import Engine
from starlette.responses import HTMLResponse

from alerts.ledger import reading
from alerts.ledger.views import ClaimPage, ClaimSummary, FindingView, Standing
from alerts.nouns import Alert
from alerts.web import words
from alerts.wording import side_name
from wire.messages import SIDES, STANCES

HERE = Path(__file__).parent
#: Alerts this far behind the newest are read again, in case one became visible late; the browser drops what it has seen.
OVERLAP = 16


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages share."""

    engine: Engine
    templates: Environment
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]

    def render(self, template: str, here: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The page; `here` is the navigation's address that it belongs to."""
        live = live_state(self.engine)
        page = self.templates.get_template(template).render(here=here, now=self.clock(), live=live, **values)
        return HTMLResponse(page, status)

    def problem(self, status: int, title: str, text: str) -> HTMLResponse:
        """A page that says what is wrong."""
        return self.render("problem.html", "", status, title=title, text=text)


def live_state(engine: Engine) -> dict[str, Any]:
    """Where live updates go on from: the newest sequence, and those that the page may be sent again."""
    seen = [alert.sequence for alert in reading.recent_alerts(engine, OVERLAP)]
    return {"newest": seen[0] if seen else 0, "seen": seen}


def make_templates() -> Environment:
    """The templates, escaping everything, with the pages' words as filters."""
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    versions: dict[str, str] = {}

    def static(name: str) -> str:
        if name not in versions:
            versions[name] = sha256((HERE / "static" / name).read_bytes()).hexdigest()[:12]
        return f"/static/{name}?v={versions[name]}"

    templates.filters |= {
        "changed": changed,
        "duration": words.duration,
        "full": words.full,
        "headline": words.alert_headline,
        "iso": datetime.isoformat,
        "number": words.number,
        "outsiders": outsiders,
        "parties": parties,
        "reason": words.reason_words,
        "short": words.short,
        "side_and_verb": words.side_and_verb,
        "side_name": side_name,
        "spoken": spoken,
        "stance_noun": words.stance_noun,
        "stance_word": words.stance_word,
        "static": static,
        "topic_name": words.TOPIC_NAMES.__getitem__,
        "wants": words.wants,
        "web_link": words.web_link,
    }
    return templates


def spoken(said: FindingView | Alert) -> Markup:
    """The sentence with its speaker marked."""
    pieces = words.spoken(said.sentence, said.speaker)
    return Markup("").join(Markup("<mark>{}</mark>").format(text) if is_speaker else escape(text) for text, is_speaker in pieces)


def parties(row: ClaimSummary | ClaimPage) -> list[tuple[str, Standing | None]]:
    """Who sends and who hosts, each with where it stands; None where it has said nothing."""
    spoke = {standing.side: standing for standing in row.sides}
    named = (*row.claim.force, *([row.claim.place] if row.claim.place else []))
    return [(side, spoke.get(side)) for side in dict.fromkeys(named)]


def outsiders(row: ClaimSummary | ClaimPage) -> list[Standing]:
    """Where everybody else stands: firm stances first, unnamed sides last."""
    involved = {side for side, _ in parties(row)}
    others = [standing for standing in row.sides if standing.side not in involved]
    return sorted(others, key=lambda standing: (standing.side in SIDES, STANCES.index(standing.stance)))


def changed(row: ClaimSummary | ClaimPage) -> datetime:
    """When a side last took a new position."""
    return max((standing.since for standing in row.sides), default=row.claim.first_seen)
