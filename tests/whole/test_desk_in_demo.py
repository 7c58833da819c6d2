"""`claimwire demo` as a person runs it: alerts come to an open page by themselves, lines to the terminal, figures at the end."""

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.servers.chromium import Watch
from tests.servers.postgresql import free_port
from tests.whole.processes import PATIENCE, Process, wait_until

pytestmark = pytest.mark.timeout(900)

MILLISECONDS = PATIENCE * 1000
ALERT = re.compile(r"^\d\d [A-Z][a-z]{2} 202[45] \d\d:\d\d  ", re.MULTILINE)


def test_alerts_appear_while_the_demo_plays_and_it_ends_with_its_figures(tmp_path: Path, page: Page, watch: Watch) -> None:
    settings = {"CLAIMWIRE_DESK_PORT": str(free_port()), "CLAIMWIRE_TELEMETRY_PORT": "none"}
    with Process(tmp_path, settings, "demo", "--seconds", "20", "--exit", "--port", "0") as demo:
        wait_until(lambda: "The desk: " in demo.output, "the desk's address", demo)
        desk = re.search(r"The desk: (http://127\.0\.0\.1:\d+/)", demo.output)
        assert desk
        wait_until(lambda: answers(desk[1]), "the desk answers", demo)
        seen = watched(page, desk[1])
        assert demo.ended() == 0, demo.output[-3000:]
    assert watch.errors == []
    figures = {name.strip(): int(number) for name, number in re.findall(r"^ ([a-z ]+)│ +(\d+) $", demo.output, re.MULTILINE)}
    assert demo.output.index("Summary") > max(line.start() for line in ALERT.finditer(demo.output))
    assert figures["articles read"] == figures["articles published"] > 200
    assert figures["findings"] >= figures["alerts"] == len(ALERT.findall(demo.output)) >= seen


def watched(page: Page, desk: str) -> int:
    """Look at the desk until it shows alerts that came after it was opened, and more; how many alerts it has shown."""
    page.goto(f"{desk}alerts", timeout=MILLISECONDS)
    page.evaluate("window.opened = 'once'")
    expect(page.locator("#link")).to_have_text("Live", timeout=MILLISECONDS)
    items = page.locator("[data-live=alerts] li:not([data-key=none])")
    expect(page.locator("li.arrived").first).to_be_visible(timeout=MILLISECONDS)
    first = items.count()
    expect(items.nth(first)).to_be_visible(timeout=MILLISECONDS)
    assert page.evaluate("window.opened") == "once", "the page has not been loaded again"
    seen = items.count()
    page.goto("about:blank")  # or it would complain when the desk goes
    return seen


def answers(address: str) -> bool:
    """Whether a page is served there."""
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
