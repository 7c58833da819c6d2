"""`/subscriptions`: who is alerted to what, and the form to subscribe. The work is done in alerts.ledger.subscribing."""

from dataclasses import dataclass, field
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from alerts.addresses import kind
from alerts.ledger import subscribing
from alerts.nouns import Reason
from alerts.web.pages import Desk
from alerts.web.parties import codes_of
from alerts.web.words import REASON_NAMES, TOPIC_NAMES
from wire.places import places
from wire.settings import fraction

TEXTS = ("name", "channel", "forces", "places", "sides", "least_score")
CHOICES = ("topics", "reasons")


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, with what is wrong with it by field."""

    values: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)


EMPTY = Form(dict.fromkeys(TEXTS, "") | dict.fromkeys(CHOICES, ()))


def show(desk: Desk, request: Request) -> Response:
    """The list and an empty form."""
    return page(desk, EMPTY)


async def subscribe(desk: Desk, request: Request) -> Response:
    """Add what the form asks for; the page again, with errors beside the fields, where it cannot be."""
    async with request.form(max_files=0, max_fields=50) as sent:
        form = read(sent)
    return await run_in_threadpool(add, desk, form)


def read(sent: FormData) -> Form:
    """The form as it was typed."""
    texts = {name: str(sent.get(name, "")).replace("\0", "").strip() for name in TEXTS}
    return Form(texts | {name: tuple(str(value) for value in sent.getlist(name)) for name in CHOICES})


def add(desk: Desk, form: Form) -> Response:
    """Add the subscription and go to the list; a webhook's secret is shown on the way, this once."""
    wanted, errors = understood(form)
    if not errors:
        try:
            added = subscribing.add(desk.engine, desk.clock(), **wanted)
        except ValueError as error:
            name, _, text = str(error).partition(": ")
            errors[name if name in form.values else "name"] = sentence(text)
    if errors:
        return page(desk, Form(form.values, errors), 422)
    if added.secret:
        return desk.render("subscribed.html", "/subscriptions", 201, added=added)
    return RedirectResponse("/subscriptions", 303)


def understood(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    """The fields for subscribing.add, and what is wrong by field."""
    wanted: dict[str, Any] = {name: form.values[name] for name in ("name", "channel", *CHOICES)}
    errors: dict[str, str] = {}
    for name in ("forces", "places", "sides"):
        try:
            wanted[name] = codes_of(name, form.values[name])
        except ValueError as error:
            errors[name] = str(error)
    try:
        wanted["least_score"] = fraction(form.values["least_score"] or "0")
    except ValueError as error:
        errors["least_score"] = sentence(error)
    try:
        kind(form.values["channel"])
    except ValueError as error:
        errors["channel"] = sentence(error)
    for name, told in (("name", "Give it a name."), ("channel", "Say where alerts should go.")):
        if not form.values[name]:
            errors[name] = told
    return wanted, errors


def sentence(error: object) -> str:
    """An error's words as they stand beside a field."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def page(desk: Desk, form: Form, status: int = 200) -> Response:
    """The list with this form."""
    return desk.render(
        "subscriptions.html",
        "/subscriptions",
        status,
        subscriptions=subscribing.listed(desk.engine),
        form=form,
        topics=TOPIC_NAMES,
        reasons={reason.value: REASON_NAMES[reason] for reason in Reason},
        countries=sorted(place.name for place in places().values()),
    )
