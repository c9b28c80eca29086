"""A finger on the designer's canvas: chooses, moves and sizes what is on a grid, draws a pipe."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, Page, expect

from tests.e2e.builder import PART_MS, box_of
from tests.e2e.test_first_app import set_up
from tests.e2e.test_touch import Point, drag, touch
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
SAVED = "header [data-state=saved]"


def middle(locator: Locator) -> Point:
    box = box_of(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tap(cdp: CDPSession, at: Point) -> None:
    touch(cdp, "touchStart", [at])
    touch(cdp, "touchEnd", [])


def pull(cdp: CDPSession, page: Page, begin: Point, by: Point) -> None:
    """One finger down, moved and lifted."""
    drag(cdp, [begin], [(begin[0] + by[0], begin[1] + by[1])])
    page.wait_for_timeout(50)
    touch(cdp, "touchEnd", [])


def on_the_grid(page: Page, cdp: CDPSession) -> None:
    """A tap selects; what is selected is moved by a drag, and sized by its handle."""
    shown = page.locator('[data-area=""] > [data-element]')
    expect(shown.first).to_be_visible(timeout=PART_MS)
    page.wait_for_timeout(1500)  # values have come, and nothing moves any more
    last = shown.last
    name = last.get_attribute("data-element")
    one = page.locator(f'[data-area=""] > [data-element="{name}"]')
    tap(cdp, middle(one))
    handle = page.locator("[data-handle=se]")
    expect(handle).to_be_visible()
    before = box_of(one)
    pull(cdp, page, middle(handle), (0, 90))
    expect(page.locator(SAVED)).to_be_visible(timeout=PART_MS)
    larger = box_of(one)
    assert larger["height"] > before["height"] + 30
    pull(cdp, page, middle(one), (0, 120))
    expect(page.locator(SAVED)).to_be_visible(timeout=PART_MS)
    moved = box_of(one)
    assert moved["y"] > larger["y"] + 30
    assert moved["height"] == pytest.approx(larger["height"], abs=2)


def on_a_drawing(page: Page, cdp: CDPSession) -> None:
    """A finger from one connection point to another draws a pipe."""
    pipes = page.locator("[data-element][data-type=pipe]")
    expect(pipes.first).to_be_visible(timeout=PART_MS)
    count = pipes.count()
    page.get_by_role("button", name="Draw pipes").tap()
    dots = page.locator("[data-joint]")
    expect(dots.first).to_be_visible()
    begin, end = middle(dots.nth(0)), middle(dots.nth(8))
    pull(cdp, page, begin, (end[0] - begin[0], end[1] - begin[1]))
    expect(pipes).to_have_count(count + 1)
    expect(page.locator(SAVED)).to_be_visible(timeout=PART_MS)


def test_a_finger_builds_a_page(processes: Processes, tmp_path: Path, browser: Browser) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    context = browser.new_context(base_url=stack.url, viewport={"width": 1180, "height": 820}, has_touch=True)
    page = context.new_page()
    set_up(page, stack)
    cdp = context.new_cdp_session(page)
    page.goto("/design/line_overview")
    on_the_grid(page, cdp)
    page.goto("/design/press_station/mimic")
    on_a_drawing(page, cdp)
    context.close()
    stack.close()
