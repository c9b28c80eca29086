"""An app of three pages built, published, used and taken back through the browser alone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.builder import DESKTOP, PART_MS, PHONE, Builder, manual_tag
from tests.e2e.test_first_app import PASSWORD, set_up
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
NAME = "Line 1"
#: Clicks, drags, text entries and keys from the empty page to a gauge that shows a live value.
ACTIONS_TO_A_GAUGE_MAX = 3
MANUAL = 1


def add_operator(stack: Stack) -> None:
    """Accounts are made on the machine itself."""
    line = [sys.executable, "-m", "platform_core", "user", "add", "otto", "--role", "operator", "--password-stdin"]
    line += ["--data", str(stack.data / "platform")]
    done = subprocess.run(line, input=PASSWORD, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def overview(builder: Builder) -> int:
    """The first page; returns the actions until its gauge lived."""
    page = builder.page
    before = builder.actions
    builder.click(page.get_by_role("button", name="Choose a measured value"))
    builder.show("Temperature press_1/temperature", "Gauge", 100, 60)
    gauge = page.locator("[data-element][data-type=gauge]")
    expect(gauge).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    to_gauge = builder.actions - before
    builder.show("Speed press_1/speed", "Value", 320, 60)
    builder.show("State press_1/state", "State tile", 460, 60)
    builder.show("Power press_1/power", "Trend", 200, 300)
    builder.saved()
    return to_gauge


def station(builder: Builder) -> None:
    """A form that writes what people type to manual tags."""
    builder.add_page("Station", "Station")
    builder.put("Form", 60, 60)
    builder.write(builder.inspector.get_by_role("textbox", name="Title").first, "Report of the shift")
    builder.form_field("Number", "Scrap")
    builder.form_field("Text", "Remark")
    builder.bind("Add to Fields", "scrap", "Scrap weight")
    builder.bind("Add to Fields", "remark", "Shift remark")
    expect(builder.page.get_by_text("write nothing yet")).to_have_count(0)
    builder.saved()


def mimic(builder: Builder) -> None:
    """Symbols on a free canvas, bound to the machine."""
    builder.add_page("Cooling", "Overview", "Free canvas")
    builder.put("Pump", 120, 160)
    builder.bind("State", "press_1/state", "State")
    builder.put("Pipe", 260, 160)
    builder.put("Motor", 420, 160)
    builder.bind("State", "press_2/state", "State")
    builder.saved()


def preview(builder: Builder) -> None:
    """Phone layout in the designer, then the draft as an operator would see it."""
    page = builder.page
    builder.open_page("Overview")
    builder.click(page.get_by_role("button", name="Phone", exact=True))
    expect(page.get_by_text("Phone: automatic from the PC")).to_be_visible()
    builder.click(page.get_by_role("banner").get_by_role("button", name="Preview"))
    dialog = page.get_by_role("dialog", name="Preview")
    builder.choose(dialog.get_by_label("As", exact=True), "Operator")
    expect(dialog.locator("[data-element]").first).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    builder.click(dialog.get_by_role("button", name="Close the preview"))
    builder.click(page.get_by_role("button", name="PC", exact=True))


def report(phone: Page, url: str) -> None:
    """An operator finds the app on a phone and submits the form."""
    phone.goto(url)
    phone.get_by_role("textbox", name="Name").fill("otto")
    phone.get_by_role("textbox", name="Password").fill(PASSWORD)
    phone.get_by_role("button", name="Sign in").click()
    phone.get_by_role("link", name=re.compile(f"^{NAME}")).first.click(timeout=PART_MS)
    expect(phone.locator("[data-element][data-type=gauge]")).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the phone page scrolls sideways"
    phone.get_by_role("button", name="Open menu").click()
    phone.get_by_role("link", name="Station").click()
    form = phone.get_by_role("form", name="Report of the shift")
    form.get_by_role("textbox", name="Scrap").click()
    pad = phone.get_by_role("dialog", name="Scrap")
    for key in "12.5":
        pad.get_by_role("button", name=key, exact=True).click()
    pad.get_by_role("button", name="OK").click()
    form.get_by_role("textbox", name="Remark").fill("tool changed")
    phone.get_by_role("button", name="Submit").click()
    expect(phone.get_by_text("Saved", exact=True)).to_be_visible(timeout=PART_MS)


def typed(stack: Stack) -> dict[str, tuple[object, int]]:
    """Value and quality of the manual tags."""
    ids = {tag["id"]: key for key, tag in stack.client.tags().items() if key.startswith("manual/")}
    values = stack.client.call("POST", "/values/latest", {"ids": list(ids)})["values"]
    return {ids[value["id"]]: (value["v"], value["q"]) for value in values}


@pytest.fixture
def stack(processes: Processes, tmp_path: Path) -> Stack:
    started = Stack(processes, tmp_path / "data")
    started.wait_part("agent")
    return started


def phone_of(browser: Browser) -> BrowserContext:
    return browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB")


def test_an_app_is_built_used_and_taken_back_by_hand(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP, locale="en-GB")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    set_up(page, stack)
    add_operator(stack)
    builder = Builder(page)

    builder.click(page.get_by_role("link", name="Plant"))
    builder.click(page.get_by_role("tab", name="Mapping"))
    manual_tag(builder, "Scrap weight", "Number", "kg")
    manual_tag(builder, "Shift remark", "Text")
    builder.click(page.get_by_role("link", name="Home"))
    builder.new_app(NAME)
    to_gauge = overview(builder)
    station(builder)
    mimic(builder)
    preview(builder)
    builder.publish("First version", 1)
    print(
        f"\nactions to the first bound live gauge: {to_gauge}; to the published app of three pages: {builder.actions}"
    )
    assert to_gauge <= ACTIONS_TO_A_GAUGE_MAX

    phone_context = phone_of(browser)
    phone = phone_context.new_page()
    report(phone, stack.url)
    wait_until(lambda: len(typed(stack)) == 2, timeout_s=20, what="the typed values arrive")
    assert typed(stack) == {
        "manual/press_1.scrap_weight": (12.5, MANUAL),
        "manual/press_1.shift_remark": ("tool changed", MANUAL),
    }

    builder.search_data("press_1/energy")
    builder.show("Energy used press_1/energy", "Value", 320, 200)
    builder.saved()
    builder.publish("Energy on the overview", 2)
    phone.goto(f"{stack.url}/app/line_1")
    energy = phone.locator("[data-element][data-type=value]")
    expect(energy).to_have_count(2, timeout=PART_MS)
    builder.roll_back(1)
    phone.reload()
    expect(phone.locator("[data-element][data-type=gauge]")).to_be_visible(timeout=PART_MS)
    expect(energy).to_have_count(1)
    expect(page.locator("[data-element][data-type=value]")).to_have_count(2)
    assert faults == []
    phone_context.close()
    context.close()
    stack.close()
