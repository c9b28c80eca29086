"""Follows the tutorial step by step; with INTERLOCK_PICTURES set to a folder, takes its pictures there."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.builder import DESKTOP, PART_MS, PHONE, Builder, manual_tag
from tests.e2e.test_build_an_app import mimic
from tests.e2e.test_first_app import set_up
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
TUTORIAL = ROOT / "docs" / "tutorials" / "first-app.md"
PICTURE = re.compile(r"\.\./images/tutorial/([a-z0-9-]+\.png)")
#: Time for values and trends to be drawn before a picture.
SETTLE_MS = 1500


class Pictures:
    """Takes each picture of the tutorial; into a folder only where one is named."""

    def __init__(self) -> None:
        named = os.environ.get("INTERLOCK_PICTURES")
        self.folder = Path(named) if named else None
        self.taken: list[str] = []

    def take(self, page: Page, name: str) -> None:
        self.taken.append(f"{name}.png")
        if self.folder:
            page.wait_for_timeout(SETTLE_MS)
            page.screenshot(path=self.folder / f"{name}.png")


def test_every_step_of_the_tutorial_exists(browser: Browser, processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    set_up(page, stack)
    builder, pictures = Builder(page), Pictures()

    builder.click(page.get_by_role("link", name="Plant"))
    builder.click(page.get_by_role("tab", name="Mapping"))
    manual_tag(builder, "Scrap weight", "Number", "kg")
    manual_tag(builder, "Shift remark", "Text")
    builder.click(page.get_by_role("link", name="Home"))
    builder.new_app("Line 1")
    pictures.take(page, "1-empty-page")

    builder.click(page.get_by_role("button", name="Choose a measured value"))
    builder.drag(builder.row("Temperature press_1/temperature"), 60, 40)
    expect(page.get_by_role("menuitem", name=re.compile("^Gauge"))).to_be_visible(timeout=PART_MS)
    pictures.take(page, "2-add-as")
    builder.click(page.get_by_role("menuitem", name=re.compile("^Gauge")))
    builder.show("Speed press_1/speed", "Value", 320, 40)
    builder.show("State press_1/state", "State tile", 600, 40)
    builder.show("Power press_1/power", "Trend", 120, 220)
    pictures.take(page, "3-overview")

    builder.add_page("Station", "Station")
    builder.put("Form", 60, 60)
    builder.write(builder.inspector.get_by_role("textbox", name="Title").first, "Report of the shift")
    builder.form_field("Number", "Scrap")
    builder.form_field("Text", "Remark")
    builder.bind("Add to Fields", "scrap", "Scrap weight")
    builder.bind("Add to Fields", "remark", "Shift remark")
    pictures.take(page, "4-form")

    mimic(builder)
    pictures.take(page, "5-mimic")

    builder.open_page("Overview")
    builder.click(page.get_by_role("button", name="Phone", exact=True))
    pictures.take(page, "6-phone-layout")
    builder.click(page.get_by_role("button", name="PC", exact=True))
    builder.publish("First version", 1)
    pictures.take(page, "7-published")

    page.set_viewport_size(PHONE)
    page.goto("/app/line_1")
    expect(page.locator("[data-type=gauge]")).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    pictures.take(page, "8-on-a-phone")
    assert PICTURE.findall(TUTORIAL.read_text("utf-8")) == pictures.taken
    context.close()
    stack.close()
