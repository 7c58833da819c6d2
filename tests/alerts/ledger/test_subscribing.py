from typing import Any

import pytest
from sqlalchemy import Engine, select

from alerts.ledger import subscribing
from alerts.ledger.schema import subscriptions
from tests.alerts.samples import MORNING


def add(engine: Engine, **fields: Any) -> subscribing.Added:
    return subscribing.add(engine, MORNING, **{"name": "desk", "channel": "terminal:", **fields})


def secret_of(engine: Engine, name: str = "desk") -> str | None:
    with engine.connect() as connection:
        return connection.execute(select(subscriptions.c.secret).where(subscriptions.c.name == name)).scalar_one()


def test_add_and_list(engine: Engine) -> None:
    added = add(
        engine, name="  Moscow \t desk ", forces=["RU", "KP", "KP"], sides=["nonstate", "NATO"], reasons=["reversal"], least_score=0.7
    )
    assert added.secret is None
    assert subscribing.listed(engine) == [added.subscription]
    assert (added.subscription.name, added.subscription.forces, added.subscription.sides) == (
        "Moscow desk",
        ("KP", "RU"),
        ("NATO", "nonstate"),
    )
    assert subscribing.one(engine, "Moscow desk") == subscribing.one(engine, added.subscription.id) == added.subscription
    assert subscribing.one(engine, "none") is None


def test_a_webhook_gets_a_secret_that_is_shown_once(engine: Engine) -> None:
    added = add(engine, channel="https://example.org/hook/TOKEN")
    assert added.secret == secret_of(engine)
    assert "TOKEN" not in repr(subscribing.listed(engine))
    given = subscribing.new_secret()
    assert add(engine, name="own", channel="https://example.org/", secret=given).secret == given


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " "},
        {"name": "x" * 201},
        {"name": "a\x1b[2J"},
        {"channel": "ftp://x/y"},
        {"topics": ["weather"]},
        {"forces": ["XX"]},
        {"places": ["NATO"]},
        {"sides": ["Russia"]},
        {"reasons": ["because"]},
        {"least_score": 1.5},
        {"secret": "whsec_c2hvcnQ="},
    ],
)
def test_what_could_not_work_is_refused_by_field(engine: Engine, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as raised:
        add(engine, **fields)
    assert str(raised.value).startswith(f"{next(iter(fields))}: ")
    assert subscribing.listed(engine) == []


def test_a_name_is_taken_once(engine: Engine) -> None:
    add(engine)
    with pytest.raises(ValueError, match="name: there is a subscription 'desk' already"):
        add(engine)
    add(engine, name="other")
    with pytest.raises(ValueError, match="name: there is"):
        subscribing.change(engine, "other", name="desk")


def test_change(engine: Engine) -> None:
    add(engine)
    changed = subscribing.change(engine, "desk", name="night desk", channel="https://example.org/", places=["UA"], active=False)
    assert (changed.name, changed.channel, changed.places, changed.active) == ("night desk", "https://example.org", ("UA",), False)
    assert secret_of(engine, "night desk")
    assert subscribing.change(engine, "night desk") == changed
    with pytest.raises(ValueError, match="no subscription 'desk'"):
        subscribing.change(engine, "desk", active=True)


def test_the_terminal_of_the_settings_is_there_once_and_can_be_stopped(engine: Engine) -> None:
    for _ in range(2):
        subscribing.ensure(engine, MORNING, name="terminal", channel="terminal:")
    subscribing.deactivate(engine, "terminal")
    subscribing.ensure(engine, MORNING, name="terminal", channel="terminal:")
    assert [one.active for one in subscribing.listed(engine)] == [False]
