"""The designer with a real platform: what it saves, what survives a crash, and two people on one page."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.e2e.test_first_app import log_in, set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
APP = "line_overview"
FILES = f"/api/v1/apps/{APP}/draft/files"
#: What one move of one element may change of one file.
LINES_MAX = 12
#: Longest time from a change to the server, and as long again for a busy machine.
SAVED_MS = 15_000


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


def open_designer(page: Page) -> None:
    page.goto(f"/design/{APP}")
    expect(page.locator("[data-element]").first).to_be_visible(timeout=20_000)


def texts(page: Page) -> dict[str, str]:
    """The canonical text of every file of the draft."""
    paths = [str(file["path"]) for file in page.request.get(FILES).json()]
    return {path: page.request.get(f"{FILES}/{path}").text() for path in paths}


def ids(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all("[data-element]", "all => all.map(one => one.dataset.element)")
    return found


def select(page: Page, element: str) -> None:
    page.locator(f'[data-element="{element}"]').click()
    expect(page.locator(f'[data-element="{element}"]')).to_have_attribute("data-selected", "true")


def saved(page: Page) -> None:
    page.keyboard.press("Control+s")
    expect(page.locator("header [data-state=saved]")).to_be_visible(timeout=SAVED_MS)


def row_of(page: Page, element: str) -> int:
    content = page.request.get(f"{FILES}/pages/overview.json").json()
    return int(content["layout"]["lg"]["items"][element]["y"])


def test_saving_changes_what_was_changed_and_nothing_else(context: BrowserContext) -> None:
    page = context.new_page()
    open_designer(page)
    before = texts(page)
    saved(page)
    assert texts(page) == before

    lowest = max(ids(page), key=lambda element: row_of(page, element))
    select(page, lowest)
    page.keyboard.press("ArrowDown")
    saved(page)
    after = texts(page)
    changed = [path for path in after if after[path] != before.get(path)]
    assert changed == ["pages/overview.json"]
    diff = list(difflib.unified_diff(before[changed[0]].splitlines(), after[changed[0]].splitlines(), n=0, lineterm=""))
    lines = [line for line in diff if line[0] in "+-" and not line.startswith(("+++", "---"))]
    assert 0 < len(lines) <= LINES_MAX, lines

    page.keyboard.press("Control+z")
    saved(page)
    assert texts(page) == before


def test_a_block_is_dragged_onto_the_page_bound_to_nothing_and_taken_back(context: BrowserContext) -> None:
    page = context.new_page()
    open_designer(page)
    count = len(ids(page))
    source = page.locator("[data-entry=gauge]").bounding_box()
    target = page.locator('[data-area=""]').bounding_box()
    assert source is not None
    assert target is not None
    page.mouse.move(source["x"] + 20, source["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 200, target["y"] + 100, steps=8)
    page.mouse.up()
    chosen = page.locator("[data-selected=true]")
    expect(chosen).to_have_attribute("data-type", "gauge")
    assert len(ids(page)) == count + 1
    assert page.evaluate("getSelection().toString()") == ""
    page.keyboard.press("Control+z")
    expect(page.locator("[data-element]")).to_have_count(count)


def test_a_crash_without_a_server_loses_no_work(context: BrowserContext) -> None:
    page = context.new_page()
    open_designer(page)
    lowest = max(ids(page), key=lambda element: row_of(page, element))
    row = row_of(page, lowest)
    unheard = [True]
    context.route("**/draft/files/**", lambda route: route.abort() if unheard else route.continue_())
    select(page, lowest)
    page.keyboard.press("ArrowDown")
    expect(page.locator("header [data-state=offline]")).to_be_visible(timeout=SAVED_MS)
    session = context.new_cdp_session(page)
    # The page that would answer is the one that crashed.
    with contextlib.suppress(Error):
        session.send("Page.crash", timeout=3000)
    unheard.clear()

    again = context.new_page()
    assert row_of(again, lowest) == row
    open_designer(again)
    expect(again.get_by_text("not saved yet")).to_be_visible(timeout=SAVED_MS)
    saved(again)
    assert row_of(again, lowest) == row + 1


def test_two_people_keep_their_edits_to_different_elements(
    context: BrowserContext, browser: Browser, stack: Stack
) -> None:
    first = context.new_page()
    open_designer(first)
    other_context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    second = other_context.new_page()
    log_in(second, stack)
    open_designer(second)
    lowest = sorted(ids(first), key=lambda element: row_of(first, element))[-2:]
    rows = [row_of(first, element) for element in lowest]
    for page, element in zip((first, second), lowest, strict=True):
        select(page, element)
        page.keyboard.press("ArrowDown")
    for page in (first, second, first):
        saved(page)
    assert [row_of(first, element) for element in lowest] == [row + 1 for row in rows]
    other_context.close()
