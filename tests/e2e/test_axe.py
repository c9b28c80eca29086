"""axe-core finds nothing serious on any page of the product, in both themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.builder import DESKTOP, PART_MS, Builder
from tests.e2e.test_first_app import log_in, set_up
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
AXE = (ROOT / "app_designer" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
#: Time for parts and values to come.
SETTLE_MS = 1500
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical on what is shown now."""
    page.wait_for_timeout(SETTLE_MS)
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.fixture
def stack(processes: Processes, tmp_path: Path) -> Iterator[Stack]:
    started = Stack(processes, tmp_path / "data")
    started.wait_part("agent")
    yield started
    started.close()


def pages(page: Page) -> dict[str, list[str]]:
    """Findings of every page that has an address."""
    found: dict[str, list[str]] = {}
    for place in ("/", "/app/line_overview", "/explore?q=press", "/health", "/gallery", "/plant"):
        page.goto(place)
        expect(page.locator("main h1, main h2").first).to_be_visible(timeout=PART_MS)
        found[place] = findings(page)
    for tab in ("types", "mapping"):
        page.goto(f"/plant?tab={tab}")
        expect(page.get_by_role("tab").first).to_be_visible(timeout=PART_MS)
        found[f"/plant {tab}"] = findings(page)
    return found


def designer(page: Page) -> dict[str, list[str]]:
    """Findings of the designer with each of its panels open."""
    builder = Builder(page)
    found: dict[str, list[str]] = {}
    page.goto("/design/line_overview")
    expect(builder.elements.first).to_be_visible(timeout=PART_MS)
    bar = page.get_by_role("banner")

    def look(name: str, *ways: Callable[[], object]) -> None:
        for way in ways:
            way()
        found[f"designer {name}"] = findings(page)

    for tab in ("Blocks", "Data", "Outline", "Pages"):
        look(tab, lambda tab=tab: builder.left(tab))  # type: ignore[misc]
    look("element", lambda: builder.elements.nth(2).click(position={"x": 6, "y": 6}))
    for panel in ("Check", "Versions", "Publish"):
        look(panel, lambda panel=panel: bar.get_by_role("button", name=panel).click())  # type: ignore[misc]
    for entry in ("Look", "Texts and translations", "Pictures", "Keyboard"):
        more = bar.get_by_role("button", name="More", exact=True)
        item = page.get_by_role("menuitem", name=entry)
        look(entry, more.click, item.click)
    look("Preview", lambda: bar.get_by_role("button", name="Preview").click())
    return found


def context_of(browser: Browser, stack: Stack, theme: Literal["light", "dark"]) -> BrowserContext:
    return browser.new_context(base_url=stack.url, viewport=DESKTOP, color_scheme=theme, locale="en-GB")


def test_nothing_serious_on_any_page(browser: Browser, stack: Stack) -> None:
    found: dict[str, list[str]] = {}
    for number, theme in enumerate(THEMES):
        context = context_of(browser, stack, theme)
        page = context.new_page()
        if number == 0:
            page.goto(stack.setup_url())
            expect(page.locator("input[name=password]")).to_be_visible(timeout=PART_MS)
            found["set-up"] = findings(page)
            set_up(page, stack)
        else:
            page.goto("/login")
            expect(page.locator("input[name=password]")).to_be_visible(timeout=PART_MS)
            found["login"] = findings(page)
            log_in(page, stack)
        for name, list_ in (pages(page) | designer(page)).items():
            found[f"{theme} {name}"] = list_
        context.close()
    where: dict[str, list[str]] = {}
    for name, list_ in found.items():
        for finding in list_:
            where.setdefault(finding, []).append(name)
    assert not where, "\n".join(f"{finding} ({', '.join(names)})" for finding, names in where.items())


def test_a_picture_without_a_text_would_be_found(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main><h1>Seen</h1><img src='x.png'><button></button></main>")
    assert any(finding.startswith("image-alt") for finding in findings(page))
    page.close()
