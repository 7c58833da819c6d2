"""Server-sent events over real HTTP: replay, reset, order, what a page announces."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Engine, update

from alerts.ledger.record import record, record_all
from alerts.ledger.schema import alerts
from alerts.web.events import MOST_REPLAYED
from alerts.web.pages import OVERLAP
from tests.alerts.samples import finding
from tests.servers.chromium import Watch
from wire.messages import Finding, utc_now
from wire.places import places


def confirmations(many: int) -> list[Finding]:
    """So many findings that each raise an alert."""
    sides = sorted(code for code in places() if len(code) == 2)
    pairs = ((side, place) for place in ("RU", "UA") for side in sides)
    return [finding("confirm", hours, speaker_side=side, place=place) for hours, (side, place) in zip(range(many), pairs, strict=False)]


@contextmanager
def listening(desk: str, last: str | None = None, **query: str) -> Iterator[Iterator[tuple[str, str, str]]]:
    """The stream's events as (event, id, data)."""
    headers = {} if last is None else {"last-event-id": last}
    with httpx.stream("GET", f"{desk}/events", headers=headers, params=query, timeout=5) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif fields:
            yield fields.get("event", ""), fields.get("id", ""), fields.get("data", "")
            fields = {}


def sequences(events: Iterator[tuple[str, str, str]], many: int) -> list[int]:
    """The sequences of the next alerts."""
    found: list[int] = []
    while len(found) < many:
        event, _, data = next(events)
        if event == "alert":
            found.append(json.loads(data)["sequence"])
    return found


def test_a_new_alert_is_sent_with_its_sequence_as_id(desk: str, ledger: Engine) -> None:
    with listening(desk) as events:
        assert next(events) == ("ready", "0", "0")
        alert = record(ledger, finding("confirm"), utc_now())
        assert alert
        event, id, data = next(events)
        told: dict[str, Any] = json.loads(data)
        assert (event, id) == ("alert", "1")
        assert told["headline"] == "Russia confirms: North Korean troops in Russia"
        assert told["url"] == f"/alerts/{alert.id}"


def test_who_comes_back_is_sent_what_was_missed(desk: str, ledger: Engine) -> None:
    record_all(ledger, confirmations(60), utc_now())
    with listening(desk, last="30") as events:
        assert next(events)[:2] == ("ready", "30")
        assert sequences(events, 30 + OVERLAP) == list(range(31 - OVERLAP, 61))
    with listening(desk, after="58") as events:
        next(events)
        assert sequences(events, 2 + OVERLAP)[-2:] == [59, 60]


def test_an_alert_that_becomes_visible_late_is_sent_once(desk: str, ledger: Engine) -> None:
    """What the overlap is for: 20 was there before 19."""
    record_all(ledger, confirmations(2), utc_now())
    renumber(ledger, 2, 20)
    with listening(desk, last="20") as events:
        assert next(events)[:2] == ("ready", "20")
        assert sequences(events, 1) == [20]  # the browser has seen it, and drops it
        renumber(ledger, 1, 19)
        assert sequences(events, 1) == [19]
        renumber(ledger, 20, 21)
        assert sequences(events, 1) == [21]


def renumber(ledger: Engine, old: int, new: int) -> None:
    """Give the alert another sequence."""
    with ledger.begin() as connection:
        connection.execute(update(alerts).where(alerts.c.sequence == old).values(sequence=new))


def test_case_38_garbage_and_the_future_reset(desk: str, ledger: Engine) -> None:
    record(ledger, finding("confirm"), utc_now())
    for last in ("", "x", "-1", "7.5", "9" * 5000, "٣", "99", "<script>"):
        with listening(desk, after=last) as events:
            assert next(events) == ("reset", "1", "1"), last


def test_case_38_who_was_away_too_long_is_reset_not_flooded(desk: str, ledger: Engine) -> None:
    many = MOST_REPLAYED + 2
    record_all(ledger, confirmations(many), utc_now())
    with listening(desk, last="1") as events:
        assert next(events)[:2] == ("reset", str(many))
    with listening(desk, last="2") as events:
        assert next(events)[:2] == ("ready", "2")
        assert sequences(events, many)[-1] == many


def test_a_page_that_lost_its_desk_says_so_and_catches_up(
    desk: str, ledger: Engine, context: BrowserContext, page: Page, watch: Watch
) -> None:
    record(ledger, finding("deny", 0), utc_now())
    page.goto(desk)
    expect(page.locator("#link")).to_have_text("Live")
    context.set_offline(True)
    page.evaluate("source.close(); lose()")
    expect(page.locator("#link")).to_have_text("Reconnecting")
    record(ledger, finding("confirm", 9), utc_now())
    context.set_offline(False)
    expect(page.locator("#link")).to_have_text("Live")
    expect(page.locator(".rail .alert")).to_have_count(2)
    watch.errors.clear()  # the browser itself logs that it was offline


def out_of_sight(page: Page, hidden: bool) -> None:
    """Tell the page that it is hidden, or seen again, and let two minutes pass."""
    page.evaluate(f"Object.defineProperty(document, 'hidden', {{value: {str(hidden).lower()}, configurable: true}})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.fast_forward(120_000)


def test_a_page_out_of_sight_gives_its_connection_back(desk: str, ledger: Engine, page: Page) -> None:
    page.clock.install()
    page.goto(desk)
    expect(page.locator("#link")).to_have_text("Live")
    out_of_sight(page, True)
    expect(page.locator("#link")).to_have_text("Not live")
    record(ledger, finding("confirm"), utc_now())
    out_of_sight(page, False)
    expect(page.locator("#link")).to_have_text("Live")
    expect(page.locator(".rail .alert")).to_have_count(1)


def test_one_page_out_of_sight_goes_on_listening_for_sound(desk: str, context: BrowserContext, page: Page) -> None:
    page.goto(desk)
    page.get_by_role("button", name="Sound").click()
    pages = [page, context.new_page()]
    for one in pages:
        one.clock.install()
        one.goto(desk)
        expect(one.locator("#link")).to_have_text("Live")
        out_of_sight(one, True)
        one.wait_for_function("navigator.locks.query().then((all) => all.held.length === 1)")
    expect(pages[1].locator("#link")).to_have_text("Not live")
    expect(pages[0].locator("#link")).to_have_text("Live")


def test_a_burst_is_announced_once(desk: str, ledger: Engine, page: Page) -> None:
    page.goto(f"{desk}/alerts")
    expect(page.locator("#link")).to_have_text("Live")
    page.evaluate("said = []; new MutationObserver(() => said.push(announcer.textContent)).observe(announcer, {childList: true})")
    record_all(ledger, confirmations(20), utc_now())
    expect(page.locator(".long .alert")).to_have_count(20)
    expect(page.locator("#announcer")).to_contain_text("20 new alerts")
    assert page.evaluate("said.length") == 1


def test_sound_and_notifications_are_off_until_turned_on(desk: str, context: BrowserContext, page: Page) -> None:
    context.grant_permissions(["notifications"])
    page.goto(desk)
    for name in ("Sound", "Notifications"):
        button = page.get_by_role("button", name=name)
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "true")
