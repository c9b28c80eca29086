"""Tests of an app, as somebody writes them who cannot program: recorded, changed, run, heard when publishing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import findings
from tests.e2e.builder import DESKTOP, PART_MS, Builder
from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def choose(panel: Locator, box: str, word: str, option: str) -> None:
    """One choice by search, with the keyboard."""
    field = panel.get_by_role("combobox", name=box)
    field.fill(word)
    panel.page.get_by_role("option", name=re.compile(option)).first.click(timeout=PART_MS)


def drawn(page: Page) -> Builder:
    """A page with a gauge and a value, live."""
    builder = Builder(page)
    builder.new_app("Tested")
    builder.click(page.get_by_role("button", name="Choose a measured value"))
    builder.show("Temperature press_1/temperature", "Gauge", 100, 60)
    builder.show("Speed press_1/speed", "Value", 420, 60)
    for kind in ("gauge", "value"):
        expect(page.locator(f"[data-element][data-type={kind}]")).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    builder.saved()
    return builder


def judged_in_the_runtime(page: Page, panel: Locator) -> None:
    """With something done by hand, all of it is judged in the runtime itself, here; nothing is left behind."""
    run = panel.get_by_role("button", name="Run all")
    choose(panel, "Add an event", "pressed by hand", "Gauge: is pressed by hand")
    control = panel.get_by_label("Gauge: is pressed by hand Button or field: Value")
    control.fill("No such button")
    control.press("Enter")
    run.click()
    expect(panel.get_by_text(re.compile("could not be done")).first).to_be_visible(timeout=PART_MS)
    control.fill("")
    control.press("Enter")
    run.click()
    expect(panel.get_by_title("passed")).to_be_visible(timeout=PART_MS)
    panel.get_by_role("button", name="Gauge: is pressed by hand: Leave this out").click()
    expect(page.locator("[data-page]")).to_have_count(0)
    assert findings(page) == []


def test_a_test_is_recorded_written_on_fails_and_gates_publishing(
    browser: Browser, processes: Processes, tmp_path: Path
) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    page = browser.new_context(base_url=stack.url, viewport=DESKTOP).new_page()
    set_up(page, stack)
    builder = drawn(page)
    check = page.get_by_role("banner").get_by_role("button", name=re.compile("^Check"))
    builder.click(check)
    panel = page.get_by_role("region", name="Tests of the app")
    panel.get_by_role("button", name="Test what this page shows now").click()
    panel.get_by_role("button", name=re.compile("^Change ")).click()
    reads = panel.get_by_label(re.compile("Gauge: reads.*: Value"))
    expect(reads).to_have_value(re.compile(r"^[\d.,-]+ °C$"))
    expect(panel.get_by_label(re.compile("Gauge: stands at its limits.*: Value"))).to_be_visible()

    # written by hand: where, then what; a press, a value given, a tag that is written
    choose(panel, "Where to look", "Gauge", "Gauge")
    choose(panel, "What must hold there", "shown", "is shown")
    expect(panel.get_by_label(re.compile("Gauge: is shown: Value"))).to_have_value("0")
    choose(panel, "Add an event", "press", "Gauge: ")
    panel.get_by_role("button", name="Give a tag a value").click()
    plant = page.get_by_role("dialog", name="Where does it come from?")
    plant.get_by_role("searchbox").fill("power")
    plant.get_by_role("treeitem", name="Power press_1/power").first.click()
    expect(panel.get_by_label(re.compile("Power: Value"))).not_to_have_value("")
    run = panel.get_by_role("button", name="Run all")
    run.click()
    expect(panel.get_by_title("passed")).to_be_visible(timeout=PART_MS)

    judged_in_the_runtime(page, panel)

    # what is read is promised otherwise: it fails, and so does publishing
    right = reads.input_value()
    reads.fill("12.0 bar")
    reads.press("Enter")
    run.click()
    failed = panel.get_by_text(re.compile(f"expected 12.0 bar, found {re.escape(right)}"))
    expect(failed).to_be_visible(timeout=PART_MS)
    builder.saved()
    builder.click(page.get_by_role("banner").get_by_role("button", name="Publish"))
    publish = page.get_by_role("region", name="Publish a new version")
    publish.get_by_label("What is new").fill("first")
    expect(publish.get_by_text("Tests of the app that failed")).to_be_visible(timeout=PART_MS)
    expect(publish.get_by_role("button", name="Publish", exact=True)).to_be_disabled()

    # the app was right: what was found becomes the promise
    builder.click(check)
    run.click()
    panel.get_by_role("button", name=re.compile("This is right: expect")).click()
    panel.get_by_role("button", name=re.compile("^Change ")).click()
    expect(reads).to_have_value(right)
    run.click()
    expect(panel.get_by_title("passed")).to_be_visible(timeout=PART_MS)
    builder.saved()
    builder.publish("first", 1)
