"""As a new user: set-up link → log in → open the app → values move → the plant stops → stale → it recovers."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
PASSWORD = "correct horse battery"
OVERVIEW = ROOT / "app_designer" / "templates" / "line_overview" / "pages" / "overview.json"


def tile(asset: str, role: str = "speed") -> str:
    """Selector of the value tile of a role on the overview, whatever its title says."""
    page = json.loads(OVERVIEW.read_text("utf-8"))
    for name, element in page["elements"].items():
        bound = element["bind"].get("/value", {})
        if element["type"] == "value" and (bound.get("asset"), bound.get("role")) == (asset, role):
            return f'[data-element="{name}"]'
    raise AssertionError(f"no tile shows {role} of {asset}")


#: Press 1 is read over Modbus, press 3 over OPC UA.
SPEED, SPEED_OPCUA = tile("press_1"), tile("press_3")
DIGIT = re.compile("[0-9]")
#: The mark of a number that cannot be trusted any more.
MARK = "[data-level=stale], [data-level=offline], [data-level=bad], [data-level=no_link]"


def expect_current(page: Page, selector: str, timeout_ms: int = 30_000) -> None:
    """A tile shows a number that is current; the hint of an unmapped tile has digits, too."""
    expect(page.locator(selector).locator("[data-current=true]")).to_contain_text(DIGIT, timeout=timeout_ms)


def marked(page: Page, selector: str) -> Locator:
    """The mark within a tile."""
    return page.locator(selector).locator(MARK)


def set_up(page: Page, stack: Stack) -> None:
    page.goto(stack.setup_url())
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=password_again]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.get_by_text("Line overview")).to_be_visible(timeout=15_000)


def log_in(page: Page, stack: Stack) -> None:
    page.goto(stack.url)
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.get_by_text("Line overview")).to_be_visible(timeout=15_000)


def test_from_the_set_up_link_to_a_plant_that_stops_and_returns(
    processes: Processes, tmp_path: Path, browser: Browser
) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    link = stack.setup_url()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    set_up(page, stack)
    context.clear_cookies()

    # The link worked once: another browser finds no form behind it.
    other = browser.new_context()
    late = other.new_page()
    late.goto(link)
    expect(late.locator("main, body").first).not_to_be_empty()
    late.wait_for_timeout(1000)
    assert late.locator("input[name=password_again]").count() == 0
    other.close()

    log_in(page, stack)
    page.get_by_text("Line overview").first.click()
    expect_current(page, SPEED)
    energy = stack.client.tags("press_1")["press_1/energy"]["id"]
    first = stack.client.call("POST", "/values/latest", {"ids": [energy]})["values"][0]
    assert first["q"] == 0

    # Values move: a number on the page changes without a reload.
    texts = page.locator("main").inner_text()
    page.wait_for_function("before => document.querySelector('main').innerText !== before", arg=texts, timeout=15_000)
    expect(marked(page, SPEED)).to_have_count(0)

    plant = stack.wait_part("plant")
    os.kill(plant, signal.SIGSTOP)
    # 2.5 scan periods of 1 s, and 2 s to show it.
    expect(marked(page, SPEED)).not_to_have_count(0, timeout=4_500)
    expect(marked(page, SPEED_OPCUA)).not_to_have_count(0, timeout=10_000)
    os.kill(plant, signal.SIGCONT)
    expect(marked(page, SPEED)).to_have_count(0, timeout=20_000)
    expect(marked(page, SPEED_OPCUA)).to_have_count(0, timeout=30_000)
    assert faults == []
    context.close()
    stack.close()


def test_values_come_when_the_machines_do_and_again_after_the_platform_was_away(
    processes: Processes, tmp_path: Path, browser: Browser
) -> None:
    stack = Stack(processes, tmp_path / "data")
    agent = stack.wait_part("agent")
    os.kill(agent, signal.SIGSTOP)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = context.new_page()
    set_up(page, stack)
    # Opened before the first machine has come: it fills by itself.
    page.goto(f"{stack.url}/app/line_overview")
    expect(page.locator(SPEED)).to_contain_text("Not mapped", timeout=15_000)
    os.kill(agent, signal.SIGCONT)
    expect_current(page, SPEED)
    page.evaluate("window.neverReloaded = true")
    # The launcher would bring it back before its silence is noticed, which is 2.5 s.
    os.kill(stack.process.pid, signal.SIGSTOP)
    stack.kill("platform")
    expect(marked(page, SPEED)).not_to_have_count(0, timeout=15_000)
    os.kill(stack.process.pid, signal.SIGCONT)
    expect(marked(page, SPEED)).to_have_count(0, timeout=30_000)
    assert page.evaluate("window.neverReloaded") is True
    context.close()
    stack.close()
