"""Takes the pictures of README and docs/ from a desk that runs: `make demo`, then `.venv/bin/python docs/screenshots.py`."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
CHROMIUM = "/usr/bin/chromium"
CLAIM = "North Korean troops in Russia"


def take(desk: str) -> None:
    """Write desk.png, claim.png and phone.png from the desk at this address."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        wide = browser.new_page(viewport={"width": 1366, "height": 900})
        wide.goto(desk)
        shoot(wide, "desk")
        wide.get_by_role("link", name=CLAIM, exact=True).first.click()
        shoot(wide, "claim")
        phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        phone.goto(desk)
        shoot(phone, "phone")
        browser.close()


def shoot(page: Page, name: str) -> None:
    """One picture of what is in view, once the fonts are there."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8400/")
