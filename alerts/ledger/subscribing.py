"""Subscriptions in the ledger: add, list, change, stop. Never shows a secret again after it was made.

Refuses what could not match or be sent: unknown codes, an address that is no channel, a name that is taken.
"""

import base64
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, or_, select, update

from alerts.addresses import kind
from alerts.ledger.rows import insert_new, joined, subscription_of
from alerts.ledger.schema import deliveries, subscriptions, writer
from alerts.nouns import Reason, Subscription
from wire.database import read_only
from wire.messages import BODIES, SIDES, TOPICS, derived_id
from wire.places import places

NAME_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Added:
    """A new subscription, with the secret that signs its webhook: the only time that it is shown."""

    subscription: Subscription
    secret: str | None


def add(
    engine: Engine,
    now: datetime,
    *,
    name: str,
    channel: str,
    topics: Sequence[str] = (),
    forces: Sequence[str] = (),
    places: Sequence[str] = (),
    sides: Sequence[str] = (),
    reasons: Sequence[str] = (),
    least_score: float = 0.0,
    secret: str | None = None,
) -> Added:
    """Add an active subscription; ValueError, naming field and value, where it could not work. Empty sets mean any."""
    values = _checked(
        {
            "name": name,
            "channel": channel,
            "secret": secret,
            "topics": topics,
            "forces": forces,
            "places": places,
            "sides": sides,
            "reasons": reasons,
            "least_score": least_score,
        }
    )
    if kind(values["channel"]) == "webhook":
        values["secret"] = values["secret"] or new_secret()
    id = derived_id("subscription", secrets.token_hex(16))
    with engine.begin() as connection:
        _refuse_taken(connection, values["name"], id)
        connection.execute(subscriptions.insert().values(id=id, active=True, created=now, **values))
        return Added(_one(connection, id), values["secret"])


def listed(engine: Engine) -> list[Subscription]:
    """All subscriptions, the active first, then by name."""
    with read_only(engine).connect() as connection:
        rows = connection.execute(select(subscriptions).order_by(subscriptions.c.active.desc(), subscriptions.c.name))
        return [subscription_of(row) for row in rows]


def one(engine: Engine, id_or_name: str) -> Subscription | None:
    """The subscription with this id or name."""
    with read_only(engine).connect() as connection:
        row = connection.execute(select(subscriptions).where(_named(id_or_name))).first()
    return subscription_of(row) if row else None


def change(engine: Engine, id_or_name: str, **changes: Any) -> Subscription:
    """Change the fields given (those of `add`, and `active`); ValueError as in `add`, or where there is none of this name."""
    active = {"active": changes.pop("active")} if "active" in changes else {}
    values = _checked(changes) | active
    with engine.begin() as connection:
        row = connection.execute(select(subscriptions).where(_named(id_or_name))).first()
        if row is None:
            raise ValueError(f"no subscription {id_or_name!r}; `claimwire subscriptions list` shows them")
        if "name" in values:
            _refuse_taken(connection, values["name"], row.id)
        if "channel" in values and kind(values["channel"]) == "webhook" and not (values.get("secret") or row.secret):
            values["secret"] = new_secret()
        if values:
            connection.execute(update(subscriptions).where(subscriptions.c.id == row.id).values(**values))
        return _one(connection, row.id)


def deactivate(engine: Engine, id_or_name: str) -> Subscription:
    """Stop a subscription. It stays in the ledger, with what was sent to it."""
    return change(engine, id_or_name, active=False)


def remove(engine: Engine, id: str) -> None:
    """Delete a subscription with the record of its deliveries; where there is none of this id, nothing happens."""
    with engine.begin() as connection:
        connection.execute(select(writer).with_for_update())  # nobody addresses an alert to it meanwhile
        connection.execute(delete(deliveries).where(deliveries.c.subscription == id))
        connection.execute(delete(subscriptions).where(subscriptions.c.id == id))


def ensure(engine: Engine, now: datetime, *, name: str, channel: str) -> None:
    """Have an active subscription to everything under this name; one that was stopped by hand stays stopped."""
    id = derived_id("subscription", name)
    with engine.begin() as connection:
        add_one = insert_new(connection, subscriptions).values(id=id, name=name, channel=channel, active=True, created=now)
        connection.execute(add_one)


def new_secret() -> str:
    """A secret for Standard Webhooks: 24 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()


def _named(id_or_name: str) -> Any:
    return or_(subscriptions.c.id == id_or_name, subscriptions.c.name == id_or_name)


def _one(connection: Connection, id: str) -> Subscription:
    return subscription_of(connection.execute(select(subscriptions).where(subscriptions.c.id == id)).one())


def _refuse_taken(connection: Connection, name: str, id: str) -> None:
    taken = select(subscriptions.c.id).where(subscriptions.c.name == name, subscriptions.c.id != id)
    if connection.execute(taken).first():
        raise ValueError(f"name: there is a subscription {name!r} already")


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as stored; ValueError where one cannot be used."""
    parties = {*places(), *BODIES}
    allowed: dict[str, Collection[str]] = {
        "topics": TOPICS,
        "forces": parties,
        "places": parties - set(BODIES),
        "sides": {*parties, *SIDES},
        "reasons": tuple(Reason),
    }
    values: dict[str, Any] = {}
    for field, value in given.items():
        if field in allowed:
            unknown = sorted(set(value) - set(allowed[field]))
            if unknown:
                raise ValueError(f"{field}: {unknown[0]!r} is not known; should be {_examples(field, allowed[field])}")
            values[field] = joined(value)
        else:
            values[field] = _FIELDS[field](value)
    return values


def _examples(field: str, allowed: Collection[str]) -> str:
    if len(allowed) < 10:
        return f"one of {', '.join(allowed)}"
    return "a country's code such as RU" + ("" if field == "places" else " or a body such as NATO")


def _name(value: str) -> str:
    name = " ".join(value.split())
    if not name or len(name) > NAME_LONGEST or not name.isprintable():
        raise ValueError(f"name: should have from 1 to {NAME_LONGEST} printable characters")
    return name


def _channel(value: str) -> str:
    value = value.strip()
    try:
        kind(value)
    except ValueError as error:
        raise ValueError(f"channel: {error}") from None
    return value


def _secret(value: str | None) -> str | None:
    if not value:
        return None
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not 24 <= len(key) <= 64:
        raise ValueError("secret: should be whsec_ and base64 of 24 to 64 random bytes; leave it out to have one made")
    return value


def _least_score(value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"least_score: {value} should be a number from 0 to 1")
    return float(value)


_FIELDS: dict[str, Callable[[Any], Any]] = {"name": _name, "channel": _channel, "secret": _secret, "least_score": _least_score}
