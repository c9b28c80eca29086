"""`python -m tests.pictures`: four screens in every size, theme and language, from the running product.

They are WebP files in docs/images/matrix, and a table of each screen between the markers of docs/pictures.md. They are
there to be looked at: what is clipped, cramped or not translated is seen here first.
"""

from __future__ import annotations

import base64
import itertools
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, StorageState, sync_playwright

from tests.e2e.conftest import FLAGS, browser_path
from tests.e2e.test_first_app import set_up
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack

SIZES = ((1440, 900), (1920, 1080), (390, 844))
THEMES = ("light", "dark")
LANGUAGES = ("en", "zh-CN")
#: Name, heading, address, what is there when the screen stands.
SCREENS = (
    ("designer", "Designer", "/design/press_station/mimic", "[data-element]"),
    ("gallery", "Block gallery", "/gallery?block=gauge", "article figure"),
    ("press_station", "App: press station", "/app/press_station/overview", "[data-element]"),
    ("line_overview", "App: line overview", "/app/line_overview/overview", "[data-element]"),
)
FOLDER = ROOT / "docs" / "images" / "matrix"
PAGE = ROOT / "docs" / "pictures.md"
BEGIN, END = "<!-- matrix -->\n", "<!-- /matrix -->\n"
QUALITY = 80
SETTLE_MS = 4000


def file_of(screen: str, width: int, theme: str, language: str) -> str:
    """Name of one picture."""
    return f"{screen}-{width}-{theme}-{language.lower()}.webp"


def table() -> str:
    """All pictures, a table for each screen: a row for each size, a column for each theme and language."""
    kinds = list(itertools.product(THEMES, LANGUAGES))
    parts = []
    for screen, heading, _, _ in SCREENS:
        head = " | ".join(f"{theme}, {language}" for theme, language in kinds)
        rows = [f"### {heading}", "", f"| | {head} |", "|---" * (len(kinds) + 1) + "|"]
        for width, height in SIZES:
            cells = [
                f"![{heading}, {width}×{height}, {theme}, {language}]"
                f"(images/matrix/{file_of(screen, width, theme, language)})"
                for theme, language in kinds
            ]
            rows.append(f"| {width}×{height} | {' | '.join(cells)} |")
        parts.append("\n".join(rows))
    return "\n\n".join(parts) + "\n"


def picture(page: Page) -> bytes:
    """What the window shows, as WebP."""
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return base64.b64decode(answer["data"])


def take(browser: Browser, url: str, state: StorageState) -> None:
    """All pictures of a running installation."""
    for (width, height), theme, language in itertools.product(SIZES, THEMES, LANGUAGES):
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
            locale="en-GB" if language == "en" else language,
            storage_state=state,
            has_touch=width < 500,
        )
        page = context.new_page()
        for screen, _, address, stands in SCREENS:
            page.goto(url + address)
            page.wait_for_selector(stands, timeout=30_000)
            page.wait_for_timeout(SETTLE_MS)
            (FOLDER / file_of(screen, width, theme, language)).write_bytes(picture(page))
        context.close()
        print(f"  {width}×{height} {theme} {language}", flush=True)


def main() -> int:
    """Take the pictures and write the table."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        processes = Processes(Path(folder))
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        try:
            stack = Stack(processes, Path(folder) / "data")
            first = browser.new_context(locale="en-GB")
            page = first.new_page()
            set_up(page, stack)
            page.wait_for_timeout(60_000)  # so that trends have something to show
            take(browser, stack.url, first.storage_state())
        finally:
            browser.close()
            processes.close()
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
