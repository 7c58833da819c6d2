"""A claim's page and an alert's page."""

import httpx
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from alerts.ledger import reading
from alerts.ledger.record import record
from tests.alerts.samples import finding
from tests.alerts.web.conftest import story
from wire.messages import utc_now


def test_positions_with_the_sentences_that_made_them(desk: str, ledger: Engine, page: Page) -> None:
    story(ledger)
    page.goto(f"{desk}/claims/1")
    expect(page.get_by_role("heading", level=1)).to_have_text("North Korean troops in Russia")
    expect(page.locator(".record > li")).to_have_count(4)
    newest = page.locator(".record > li").first
    expect(newest.locator("blockquote")).to_have_text(
        ["They fought shoulder to shoulder with us, Maria Zakharova said.", "The ministry confirmed it on Sunday."]
    )
    expect(newest.locator("mark")).to_have_text("Maria Zakharova")
    expect(newest.locator(".chip")).to_contain_text("was: no comment")
    link = newest.locator(".source a").first
    assert (link.get_attribute("href") or "").startswith("https://outlet.example/")
    assert "noopener" in (link.get_attribute("rel") or "")
    newest.locator("summary").click()
    expect(newest.locator("details li")).to_contain_text("The ministry confirmed it on Sunday.")
    expect(page.locator(".lanes .side")).to_have_text(["North Korea sends them", "Russia hosts them", "South Korea"])
    assert page.locator(".lanes .mark").count() == 4
    expect(page.locator(".chart .value")).to_have_text(["South Korea 11,000"])
    expect(page.locator(".numbers td.amount")).to_have_text(["11,000"])


def test_an_open_claim_gains_a_position_and_keeps_what_was_unfolded(desk: str, ledger: Engine, page: Page) -> None:
    story(ledger)
    page.goto(f"{desk}/claims/1")
    expect(page.locator("#link")).to_have_text("Live")
    page.locator(".record summary").first.click()
    record(ledger, finding("confirm", 60, speaker="KCNA", speaker_side="KP", sentence="They are heroes, KCNA said."), utc_now())
    expect(page.locator(".record > li")).to_have_count(5)
    expect(page.locator(".record > li").first).to_contain_text("They are heroes, KCNA said.")
    assert page.locator(".record details[open]").count() == 1
    assert page.locator(".lanes .mark").count() == 5


def test_a_mark_leads_to_its_position(desk: str, ledger: Engine, page: Page) -> None:
    story(ledger)
    page.goto(f"{desk}/claims/1")
    page.locator(".lanes a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".record > li:target blockquote")).to_contain_text("Groundless")


def test_an_alert_with_its_evidence(desk: str, ledger: Engine, page: Page) -> None:
    story(ledger)
    alert = reading.recent_alerts(ledger, 1)[0]
    page.goto(f"{desk}/alerts/{alert.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Russia confirms: North Korean troops in Russia")
    expect(page.locator(".quote mark").first).to_have_text("Maria Zakharova")
    expect(page.locator(".record > li")).to_have_count(3)
    expect(page.locator(".record > li").nth(1)).to_contain_text("Vladimir Putin")


def test_alerts_are_paged_by_sequence(desk: str, ledger: Engine) -> None:
    for number, side in enumerate(("RU", "KP", "US", "KR", "UA", "NATO")):
        record(ledger, finding("confirm", number, speaker_side=side), utc_now())
    text = httpx.get(f"{desk}/alerts").text
    assert text.index("NATO confirms") < text.index("Ukraine confirms") < text.index("Russia confirms:")
    older = httpx.get(f"{desk}/alerts?before=3").text
    assert "North Korea confirms" in older
    assert "United States confirms" not in older
    for garbage in ("x", "-1", "9" * 5000, "٣", ""):
        assert httpx.get(f"{desk}/alerts", params={"before": garbage}).status_code == 200


def test_what_is_not_there_is_404(desk: str) -> None:
    for path in ("/claims/7", "/claims/99999999999999999999", "/claims/x", "/alerts/none", "/nowhere", "/static/nothing.css"):
        assert httpx.get(desk + path).status_code == 404, path
