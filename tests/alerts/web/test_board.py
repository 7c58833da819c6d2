"""The board in a real browser."""

import httpx
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from alerts.ledger.record import record
from tests.alerts.samples import finding
from tests.alerts.web.conftest import story
from wire.messages import utc_now


def test_an_empty_board_says_what_happens_next_and_then_fills_by_itself(desk: str, ledger: Engine, page: Page) -> None:
    page.goto(desk)
    expect(page.get_by_role("heading", name="Nothing on the wire yet.")).to_be_visible()
    expect(page.locator("#link")).to_have_text("Live")

    record(ledger, finding("confirm"), utc_now())

    expect(page.locator(".claims .title")).to_have_text("North Korean troops in Russia")
    expect(page.locator(".claims .chip").filter(has_text="Russia")).to_contain_text("confirms")
    expect(page.locator(".rail .headline")).to_have_text("Russia confirms: North Korean troops in Russia")
    expect(page.locator("#announcer")).to_contain_text("Russia confirms: North Korean troops in Russia")


def test_a_reversal_reaches_an_open_board_and_keeps_what_is_typed(desk: str, ledger: Engine, page: Page) -> None:
    record(ledger, finding("deny", 0), utc_now())
    page.goto(desk)
    expect(page.locator("#link")).to_have_text("Live")
    page.get_by_placeholder("Search claims").fill("kurs")

    record(ledger, finding("confirm", 48), utc_now())

    expect(page.locator(".rail .alert")).to_have_count(2)
    expect(page.locator(".rail .alert").first).to_contain_text("Reversal denied before")
    expect(page.locator(".claims .chip.stance-confirm")).to_contain_text("was: denies")
    expect(page.get_by_placeholder("Search claims")).to_have_value("kurs")


def test_who_has_said_nothing_is_shown_as_silent(desk: str, ledger: Engine) -> None:
    record(ledger, finding("confirm"), utc_now())
    assert "<b>North Korea</b> nothing read yet" in httpx.get(desk).text


def test_filters(desk: str, ledger: Engine) -> None:
    story(ledger)
    record(ledger, finding("confirm", 3, force=("RU",), place="ML", outlet="Sahel Tribune"), utc_now())
    record(
        ledger, finding("confirm", 4, topic="escalation", force=("RU",), place="UA", sentence="A new missile 100% hit Dnipro."), utc_now()
    )

    def titles(**query: str) -> list[str]:
        text = httpx.get(desk, params=query).text
        named = ("North Korean troops in Russia", "Russian troops in Mali", "Escalation by Russia in Ukraine")
        return [title for title in named if f">{title}</a></h3>" in text.partition("Newest alerts")[0]]

    assert len(titles()) == 3
    assert titles(topic="escalation") == ["Escalation by Russia in Ukraine"]
    assert titles(country="KP") == ["North Korean troops in Russia"]
    assert titles(country="KR") == ["North Korean troops in Russia"]  # a side that speaks
    assert titles(text="mali") == ["Russian troops in Mali"]
    assert titles(text="sahel russian") == ["Russian troops in Mali"]
    assert titles(text="100%") == ["Escalation by Russia in Ukraine"]
    assert titles(text="%") == ["Escalation by Russia in Ukraine"]
    assert titles(text="nobody says this") == []
    assert "No claim matches" in httpx.get(desk, params={"text": "nobody says this"}).text
    assert len(titles(topic="nonsense", country="XX", text="\0")) == 3


def test_the_board_on_each_database(engine: Engine, serve, page: Page) -> None:  # type: ignore[no-untyped-def]
    story(engine)
    page.goto(serve(engine) + "/?country=KP&text=groundless&topic=foreign_troops")
    expect(page.locator(".claims .title")).to_have_text("North Korean troops in Russia")
    expect(page.locator(".figures .number dd")).to_have_text("11,000")
    record(engine, finding("confirm", 60, speaker="KCNA", speaker_side="KP"), utc_now())
    expect(page.locator(".rail .headline").first).to_have_text("North Korea confirms: North Korean troops in Russia")


def test_nothing_scrolls_sideways_on_a_phone(desk: str, ledger: Engine, page: Page) -> None:
    story(ledger)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/claims/1", "/alerts", "/subscriptions"):
        page.goto(desk + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
