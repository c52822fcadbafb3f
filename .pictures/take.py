"""Take the pictures of a page: python .pictures/take.py report.html.

Needs the extra `test` and Debian's Chromium.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent

with sync_playwright() as driver:
    browser = driver.chromium.launch(
        executable_path="/usr/bin/chromium", args=["--no-sandbox"]
    )
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(Path(sys.argv[1]).resolve().as_uri())
    page.wait_for_timeout(700)  # the opening plays: squares are large
    page.screenshot(path=FOLDER / "page.png")
    page.locator(".share").last.click()
    stage = page.locator("#laboratory .stage")
    stage.screenshot(path=FOLDER / "page-laboratory.png")
    browser.close()
