"""What the guard refuses, and that nothing from a feed becomes markup."""

from typing import Any

import httpx
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from alerts.ledger import reading, subscribing
from alerts.ledger.record import record
from tests.alerts.samples import finding
from tests.servers.chromium import Watch
from wire.messages import utc_now

FORM = {"name": "Desk", "channel": "terminal:"}


def test_case_39_a_cross_site_post_is_403(desk: str, ledger: Engine) -> None:
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": desk},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://[::1"},
        {"origin": "http://127.0.0.1:1"},
    ):
        assert httpx.post(f"{desk}/subscriptions", data=FORM, headers=headers).status_code == 403, headers
    assert subscribing.listed(ledger) == []


def test_the_desk_itself_and_what_is_no_browser_may_post(desk: str, ledger: Engine) -> None:
    for headers in ({}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": desk}):
        form = {**FORM, "name": f"Desk {sorted(headers.items())}"}
        assert httpx.post(f"{desk}/subscriptions", data=form, headers=headers).status_code == 303, headers
    assert len(subscribing.listed(ledger)) == 4


def test_case_39_a_form_on_another_site_is_refused_in_a_real_browser(desk: str, ledger: Engine, page: Page, watch: Watch) -> None:
    page.goto("data:text/html,<title>elsewhere</title>")
    fields = '<input name="name" value="x"><input name="channel" value="terminal:">'
    page.set_content(f'<form method="post" action="{desk}/subscriptions">{fields}<button>go</button></form>')
    page.get_by_role("button").click()
    expect(page.locator("body")).to_contain_text("posted from another site")
    assert subscribing.listed(ledger) == []
    watch.errors.clear()  # the browser logs the 403
    watch.requests.clear()


def test_a_name_pointed_at_us_is_refused(desk: str) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[", "10.0.0.1:80"):
        assert httpx.get(desk, headers={"host": host}).status_code in (400, 421), host


def test_localhost_by_name_is_answered(desk: str) -> None:
    for host in ("localhost:1", "LOCALHOST", "[::1]:80"):
        assert httpx.get(desk, headers={"host": host}).status_code == 200


def test_a_large_body_is_refused(desk: str) -> None:
    assert httpx.post(f"{desk}/subscriptions", data={"name": "x" * 70_000}).status_code == 413
    assert httpx.post(f"{desk}/subscriptions", content=iter([b"name=x"])).status_code == 413


def test_security_headers(desk: str) -> None:
    for path in ("/", "/claims/1", "/alerts", "/subscriptions", "/nowhere", "/static/live.js"):
        headers = httpx.get(desk + path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert path.startswith("/static") or headers["cache-control"] == "no-store"


def test_case_16_markup_from_a_feed_stays_text(desk: str, ledger: Engine, page: Page, watch: Watch) -> None:
    bad = '<script>document.title="owned"</script><img src=x onerror=alert(1)>'
    given: dict[str, Any] = {"title": bad, "outlet": bad, "speaker": bad, "sentence": f"It is so, {bad} said.", "count": 7}
    page.goto(desk)
    expect(page.locator("#link")).to_have_text("Live")
    record(ledger, finding("confirm", url="javascript:alert(1)", **given), utc_now())
    expect(page.locator(".rail .from")).to_contain_text("<script>")
    alert = reading.recent_alerts(ledger, 1)[0]
    for path in ("/", "/claims/1", "/alerts", f"/alerts/{alert.id}", "/?text=%3Cscript%3Ealert(1)%3C/script%3E"):
        page.goto(desk + path)
        assert page.title().endswith("Claimwire")
        assert page.locator("main script, main img, a[href^='javascript']").count() == 0
    page.goto(f"{desk}/claims/1")
    expect(page.locator(".record mark").first).to_have_text(bad)


def test_no_page_has_inline_code_or_names_another_host(desk: str, ledger: Engine) -> None:
    record(ledger, finding("confirm"), utc_now())
    for path in ("/", "/claims/1", "/alerts", "/subscriptions"):
        text = httpx.get(desk + path).text
        assert " style=" not in text
        assert " onclick=" not in text
        assert "<script>" not in text
        assert 'src="http' not in text
        assert '<link rel="stylesheet" href="http' not in text
