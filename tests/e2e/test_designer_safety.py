"""Work in the designer survives the end of the platform and of the browser, and never overwrites another's unseen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_designer import SAVED_MS, ids, open_designer, row_of, saved, select
from tests.e2e.test_first_app import log_in, set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
#: An unsaved change may be lost for this long, and no longer.
UNSAVED_MS = 3_000


@pytest.fixture
def stack(processes: Processes, tmp_path: Path) -> Stack:
    started = Stack(processes, tmp_path / "data")
    started.wait_part("agent")
    return started


@pytest.fixture
def context(browser: Browser, stack: Stack) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    set_up(made.new_page(), stack)
    yield made
    made.close()


def lowest(page: Page) -> str:
    return max(ids(page), key=lambda element: row_of(page, element))


def title_field(page: Page, element: str) -> None:
    """Select an element and put the cursor into its title."""
    select(page, element)
    page.get_by_role("complementary", name="Properties").get_by_role("textbox", name="Title").first.click()


def title_of(page: Page, element: str) -> str:
    content = page.request.get("/api/v1/apps/line_overview/draft/files/pages/overview.json").json()
    return str(content["elements"][element].get("props", {}).get("title", {}).get("en", ""))


def test_kill_of_the_platform_while_editing_loses_nothing(context: BrowserContext, stack: Stack) -> None:
    page = context.new_page()
    open_designer(page)
    element = lowest(page)
    row = row_of(page, element)
    select(page, element)
    for step in range(6):
        page.keyboard.press("ArrowDown")
        if step in (1, 3):
            stack.kill("platform")
        page.wait_for_timeout(700)
    expect(page.locator("header [data-state=saved]")).to_be_visible(timeout=60_000)
    assert row_of(page, element) == row + 6
    page.reload()
    open_designer(page)
    saved(page)
    assert row_of(page, element) == row + 6


def test_a_closed_browser_loses_no_more_than_three_seconds(context: BrowserContext) -> None:
    page = context.new_page()
    open_designer(page)
    element = lowest(page)
    title_field(page, element)
    page.keyboard.press("Control+a")
    page.keyboard.type("Typed before the end")
    page.wait_for_timeout(UNSAVED_MS)
    # Nothing runs on leaving: the page is gone as in a power cut of the machine.
    page.close(run_before_unload=False)
    again = context.new_page()
    assert title_of(again, element) == "Typed before the end"


def test_the_same_element_changed_twice_is_asked_about(context: BrowserContext, browser: Browser, stack: Stack) -> None:
    first = context.new_page()
    open_designer(first)
    other_context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    second = other_context.new_page()
    log_in(second, stack)
    open_designer(second)
    element = lowest(first)
    # The second does not hear of the first until it has changed the same title.
    other_context.set_offline(True)
    title_field(second, element)
    second.keyboard.press("Control+a")
    second.keyboard.type("Of the second")
    title_field(first, element)
    first.keyboard.press("Control+a")
    first.keyboard.type("Of the first")
    saved(first)
    other_context.set_offline(False)
    keep = second.get_by_role("button", name="Keep mine")
    expect(second.locator("header [data-state=conflict]")).to_be_visible(timeout=SAVED_MS)
    if not keep.is_visible():
        second.locator("header [data-state=conflict]").click()
    expect(keep).to_be_visible(timeout=SAVED_MS)
    expect(second.get_by_text("Of the first").first).to_be_visible()
    assert title_of(first, element) == "Of the first"
    keep.click()
    saved(second)
    assert title_of(first, element) == "Of the second"
    other_context.close()
