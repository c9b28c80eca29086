"""axe-core finds nothing serious on any page of the product and of the shipped apps, in both themes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.axe import Survey, findings
from tests.e2e.builder import DESKTOP, PART_MS, Builder
from tests.e2e.test_first_app import log_in, set_up
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
TEMPLATES = ROOT / "app_designer" / "templates"


def app_pages() -> Iterator[str]:
    """Addresses of every page of every shipped app."""
    for app in sorted(TEMPLATES.iterdir()):
        for path in sorted((app / "pages").glob("*.json")):
            yield f"/app/{app.name}/{json.loads(path.read_text('utf-8'))['id']}"


def product(survey: Survey) -> None:
    """Every page that has an address, and what is shown where there is none."""
    page = survey.page
    places = [
        "/",
        "/explore?q=press",
        "/health",
        "/gallery",
        "/gallery?block=form",
        "/plant",
        "/blocks",
        "/app/none",
        "/none",
    ]
    for place in [*places, *app_pages(), "/app/press_station/wall?kiosk=1"]:
        page.goto(place)
        expect(page.locator("main h1, main h2, [data-element]").first).to_be_attached(timeout=PART_MS)
        survey.look(place)
    for tab in ("types", "mapping"):
        page.goto(f"/plant?tab={tab}")
        expect(page.get_by_role("tab").first).to_be_visible(timeout=PART_MS)
        survey.look(f"/plant {tab}")


def designer(survey: Survey) -> None:
    """The designer with each of its panels open."""
    page = survey.page
    builder = Builder(page)
    page.goto("/design/line_overview")
    expect(builder.elements.first).to_be_visible(timeout=PART_MS)
    bar = page.get_by_role("banner")
    for tab in ("Blocks", "Data", "Outline", "Pages"):
        survey.look(f"designer {tab}", lambda tab=tab: builder.left(tab))  # type: ignore[misc]
    survey.look("designer element", lambda: builder.elements.nth(2).click(position={"x": 6, "y": 6}))
    for panel in ("Check", "Versions", "Publish"):
        survey.look(f"designer {panel}", bar.get_by_role("button", name=panel).click)
    for entry in ("Look", "Texts and translations", "Pictures", "Keyboard"):
        more = bar.get_by_role("button", name="More", exact=True)
        survey.look(f"designer {entry}", more.click, page.get_by_role("menuitem", name=entry).click)


def open_form(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("input[name=password]")).to_be_visible(timeout=PART_MS)


def test_nothing_serious_on_any_page(browser: Browser, processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    # Without motion: a colour on its way from one theme to the other is in neither.
    context = browser.new_context(
        base_url=stack.url, viewport=DESKTOP, color_scheme="light", locale="en-GB", reduced_motion="reduce"
    )
    survey = Survey(context.new_page())
    survey.look("set-up", lambda: open_form(survey.page, stack.setup_url()))
    set_up(survey.page, stack)
    context.clear_cookies()
    survey.look("login", lambda: open_form(survey.page, "/login"))
    log_in(survey.page, stack)
    product(survey)
    designer(survey)
    assert survey.report() == ""
    context.close()
    stack.close()


def test_what_is_wrong_would_be_found(browser: Browser) -> None:
    page = browser.new_page(color_scheme="light")
    page.set_content("""<style>@media (prefers-color-scheme: dark) { main { color: #222; background: #111; } }</style>
        <main><h1>Seen</h1><img src='x.png'><button></button></main>""")
    assert any(finding.startswith("image-alt") for finding in findings(page))
    survey = Survey(page)
    survey.look("made")
    assert "color-contrast" in survey.report()
    assert "made, dark" in survey.report()
    page.close()
