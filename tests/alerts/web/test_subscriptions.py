"""Subscribing by the form, and what becomes of subscriptions."""

import re

import httpx
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select

from alerts.ledger import reading, subscribing
from alerts.ledger.record import record
from alerts.ledger.schema import subscriptions
from tests.alerts.samples import finding
from tests.servers.chromium import Watch
from wire.messages import utc_now


def test_subscribing_by_the_form(desk: str, ledger: Engine, page: Page) -> None:
    page.goto(f"{desk}/subscriptions")
    page.get_by_label("Name").fill("Europe desk")
    page.get_by_label("Send alerts to").fill("mailto:desk@example.org")
    page.get_by_label("Whose troops").fill("north korea, belarusian")
    page.get_by_label("Where").fill("RU")
    page.get_by_label("Who speaks").fill("Russia, NATO, media")
    page.get_by_label("Least score").fill("0.5")
    page.get_by_label("Foreign troops").check()
    page.get_by_label("Reversals").check()
    page.get_by_role("button", name="Subscribe", exact=True).click()

    expect(page.locator(".subscription h2")).to_have_text("Europe desk")
    (one,) = subscribing.listed(ledger)
    assert (one.forces, one.places, one.sides) == (("BY", "KP"), ("RU",), ("NATO", "RU", "media"))
    assert (one.topics, one.reasons, one.least_score) == (("foreign_troops",), ("reversal",), 0.5)

    record(ledger, finding("deny", 0), utc_now())
    record(ledger, finding("confirm", 9), utc_now())
    assert [delivery.subscription_name for delivery in reading.deliveries(ledger)] == ["Europe desk"]


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(desk: str, ledger: Engine, page: Page, watch: Watch) -> None:
    page.goto(f"{desk}/subscriptions")
    page.get_by_label("Send alerts to").fill("carrier pigeon")
    page.get_by_label("Whose troops").fill("Norht Korea")
    page.get_by_label("Least score").fill("much")
    page.get_by_label("Reversals").check()
    page.get_by_role("button", name="Subscribe", exact=True).click()

    expect(page.locator("#name-error")).to_have_text("Give it a name.")
    expect(page.locator("#forces-error")).to_have_text("“Norht Korea” is not known here: did you mean North Korea?")
    expect(page.locator("#least_score-error")).to_have_text("Should be a number from 0 to 1, such as 0.5.")
    expect(page.locator("#channel-error")).to_have_text("A channel address holds no spaces and no control characters.")
    expect(page.get_by_label("Whose troops")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Whose troops")).to_have_value("Norht Korea")
    expect(page.get_by_label("Reversals")).to_be_checked()
    assert subscribing.listed(ledger) == []
    watch.errors.clear()  # the browser logs the 422


def test_a_webhooks_secret_is_shown_once_and_its_address_masked(desk: str, ledger: Engine) -> None:
    form = {"name": "Bot", "channel": "https://hooks.example.org/services/T0KEN?key=K3Y"}
    answer = httpx.post(f"{desk}/subscriptions", data=form)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", answer.text.replace("&#43;", "+"))
    with ledger.connect() as connection:
        assert connection.execute(select(subscriptions.c.secret)).scalar_one() == secret
    record(ledger, finding("confirm"), utc_now())
    alert = reading.recent_alerts(ledger, 1)[0]
    for path in ("/subscriptions", "/", f"/alerts/{alert.id}"):
        text = httpx.get(desk + path).text
        assert "whsec_" not in text
        assert "T0KEN" not in text
        assert "K3Y" not in text
    assert "https://hooks.example.org/****" in httpx.get(f"{desk}/subscriptions").text


def test_a_taken_name_is_refused(desk: str, ledger: Engine) -> None:
    form = {"name": "Desk", "channel": "terminal:"}
    assert httpx.post(f"{desk}/subscriptions", data=form).status_code == 303
    again = httpx.post(f"{desk}/subscriptions", data=form)
    assert again.status_code == 422
    assert 'id="name-error"' in again.text
    assert len(subscribing.listed(ledger)) == 1


def test_pause_resume_remove(desk: str, ledger: Engine, page: Page) -> None:
    subscribing.add(ledger, utc_now(), name="Desk", channel="terminal:")
    record(ledger, finding("confirm"), utc_now())
    page.goto(f"{desk}/subscriptions")
    page.get_by_role("button", name="Pause Desk").click()
    expect(page.locator(".subscription .state")).to_have_text("Paused")
    assert not subscribing.listed(ledger)[0].active
    page.get_by_role("button", name="Resume Desk").click()
    expect(page.get_by_role("button", name="Pause Desk")).to_be_visible()
    assert subscribing.listed(ledger)[0].active
    page.get_by_role("button", name="Remove Desk").click()
    expect(page.locator(".subscriptions")).to_contain_text("Nobody is alerted yet")
    assert subscribing.listed(ledger) == []


def test_remove_on_each_database(engine: Engine) -> None:
    one = subscribing.add(engine, utc_now(), name="Desk", channel="terminal:").subscription
    record(engine, finding("confirm"), utc_now())
    assert len(reading.deliveries(engine)) == 1
    subscribing.remove(engine, one.id)
    assert (subscribing.listed(engine), reading.deliveries(engine)) == ([], [])
    assert len(reading.recent_alerts(engine)) == 1


def test_changes_to_nothing_are_404(desk: str) -> None:
    for path in ("/subscriptions/none/pause", "/subscriptions/none/explode"):
        assert httpx.post(desk + path).status_code == 404


def test_odd_values_are_answered_422(desk: str, ledger: Engine) -> None:
    lone_surrogate = "\ud800".encode("utf-8", "surrogatepass")
    for value in ("\0", lone_surrogate, "a" * 3000, "<script>", "nan", "inf", "-1"):
        for field in ("name", "channel", "forces", "topics", "reasons", "least_score"):
            form = {"name": "Desk", "channel": "none", field: value}
            assert httpx.post(f"{desk}/subscriptions", data=form).status_code == 422, (field, value)
    assert subscribing.listed(ledger) == []
