"""The whole way without a mouse: set-up, an app, a block, its data, its place, publishing, and the app in use."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.builder import DESKTOP, PART_MS, box_of
from tests.e2e.test_first_app import PASSWORD
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
#: Most presses of Tab to reach anything that is shown.
TABS_MAX = 80
#: Counts what a mouse or a finger would send.
POINTERS = """for (const kind of ["pointerdown", "mousedown", "touchstart"])
  addEventListener(kind, () => sessionStorage.setItem("pointers", "used"), true);"""


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """Press Tab until the target has the focus, as a person without a mouse does."""
    expect(target).to_be_visible(timeout=PART_MS)
    for _ in range(TABS_MAX):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{TABS_MAX} presses of {key} do not reach {target}")


def focused(page: Page) -> str:
    text: str = page.evaluate("document.activeElement?.outerHTML.slice(0, 200) ?? ''")
    return text


def set_up(page: Page, stack: Stack) -> None:
    """The first administrator, from the link."""
    page.goto(stack.setup_url())
    for name, text in (("username", "anna"), ("password", PASSWORD), ("password_again", PASSWORD)):
        tab_to(page, page.locator(f"input[name={name}]"))
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Line overview")).to_be_visible(timeout=PART_MS)


def make_app(page: Page) -> None:
    """Named and opened with its empty page."""
    tab_to(page, page.get_by_role("button", name="New app"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name of the app")).to_be_visible()
    tab_to(page, page.get_by_label("Name of the app"))
    page.keyboard.type("Keys")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This page is empty")).to_be_visible(timeout=PART_MS)


def insert_gauge(page: Page) -> Locator:
    """Search, Enter."""
    page.keyboard.press("Control+k")
    search = page.get_by_role("searchbox", name="Search blocks")
    tab_to(page, search)
    page.keyboard.type("gauge")
    expect(page.locator("[data-entry=gauge]")).to_be_visible()
    page.keyboard.press("Enter")
    gauge = page.locator("[data-element][data-type=gauge]")
    expect(gauge).to_have_attribute("data-selected", "true", timeout=PART_MS)
    return gauge


def move_and_resize(page: Page, gauge: Locator) -> float:
    """By arrows; the width it has then."""
    tab_to(page, gauge)
    before = box_of(gauge)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    page.wait_for_function(
        "x => document.querySelector('[data-type=gauge]').getBoundingClientRect().x > x", arg=before["x"]
    )
    moved = box_of(gauge)
    assert moved["y"] > before["y"]
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function(
        "w => document.querySelector('[data-type=gauge]').getBoundingClientRect().width > w", arg=moved["width"]
    )
    width: float = box_of(gauge)["width"]
    return width


def bind_temperature(page: Page, gauge: Locator) -> Locator:
    """The inspector's picker, searched and taken by Enter; the button that opens it."""
    choose = page.get_by_role("complementary", name="Properties").get_by_role("button", name="Choose data: Value")
    tab_to(page, choose)
    page.keyboard.press("Enter")
    picker = page.get_by_role("dialog", name="Where does it come from?")
    tab_to(page, picker.get_by_role("searchbox"))
    page.keyboard.type("press_1/temperature")
    expect(picker.get_by_role("treeitem", name="Temperature press_1/temperature")).to_be_visible()
    page.keyboard.press("Enter")
    expect(picker).to_have_count(0)
    expect(gauge).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    assert "Value" in focused(page), "the focus does not return to the bound place"
    return choose


def undo_and_redo(page: Page, gauge: Locator, choose: Locator, width: float) -> None:
    """The binding, then the size."""
    page.keyboard.press("Control+z")
    expect(choose).to_be_visible()
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "w => document.querySelector('[data-type=gauge]').getBoundingClientRect().width < w", arg=width
    )
    page.keyboard.press("Control+y")
    page.keyboard.press("Control+y")
    expect(gauge).to_contain_text(re.compile(r"\d"), timeout=PART_MS)


def publish(page: Page) -> None:
    """By keys alone."""
    tab_to(page, page.get_by_role("banner").get_by_role("button", name="Publish"), "Shift+Tab")
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="Publish a new version")
    tab_to(page, panel.get_by_label("What is new"))
    page.keyboard.type("Made by keyboard")
    page.keyboard.press("Enter")
    versions = page.get_by_role("complementary", name="Versions")
    expect(versions.get_by_text("Version 1 is live", exact=True)).to_be_visible(timeout=PART_MS)


def use(page: Page) -> None:
    """Open what was published, ask where its number comes from, and go home."""
    tab_to(page, page.get_by_role("link", name="Open the app"), "Shift+Tab")
    page.keyboard.press("Enter")
    gauge = page.locator("[data-element][data-type=gauge]")
    expect(gauge).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    tab_to(page, page.get_by_role("button", name="Explain", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, gauge.get_by_role("button").last)
    page.keyboard.press("Enter")
    panel = page.get_by_role("dialog")
    expect(panel).to_contain_text("press_1/temperature", timeout=PART_MS)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    tab_to(page, page.get_by_role("link", name="Home", exact=True), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("^Keys"))).to_be_visible(timeout=PART_MS)


def test_from_the_link_to_an_app_in_use_without_a_mouse(browser: Browser, processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP, locale="en-GB")
    context.add_init_script(POINTERS)
    page = context.new_page()
    set_up(page, stack)
    make_app(page)

    gauge = insert_gauge(page)
    width = move_and_resize(page, gauge)
    choose = bind_temperature(page, gauge)
    undo_and_redo(page, gauge, choose, width)
    publish(page)
    use(page)
    assert page.evaluate("sessionStorage.getItem('pointers')") is None
    page.mouse.click(5, 5)
    assert page.evaluate("sessionStorage.getItem('pointers')") == "used"
    context.close()
    stack.close()
