"""The agent's own page in a browser: its password, what it shows, in two languages, and nothing serious for axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_device_writes import Device
from tests.integration.test_local_page import PASSWORD, Page
from tests.support.processes import Processes, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


def opened(browser: Browser, page: Page, locale: str) -> BrowserPage:
    context = browser.new_context(
        base_url=f"http://{page.address}",
        viewport=DESKTOP,
        locale=locale,
        color_scheme="light",
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto("/")
    return tab


def view(tab: BrowserPage, name: str) -> None:
    bar = tab.get_by_role("navigation")
    expect(bar).to_be_visible(timeout=PART_MS)
    if bar.locator(".menu").is_visible():  # on a phone
        bar.locator(".menu").click()
    bar.get_by_role("button", name=name, exact=True).click()


def test_from_the_password_to_the_next_step(
    browser: Browser, tmp_path: Path, processes: Processes, device: Device
) -> None:
    page = Page(tmp_path, processes, device.port, listen=f"127.0.0.1:{free_port()}")
    tab = opened(browser, page, "en-GB")
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    survey = Survey(tab)
    expect(tab.get_by_text("No password is set yet")).to_be_visible(timeout=PART_MS)
    survey.look("no password")
    page.set_password()
    tab.reload()
    tab.get_by_label("Password").fill("something else")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.get_by_role("alert")).to_have_text("That is not the password.", timeout=PART_MS)
    survey.look("wrong password")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("row", name=re.compile("press_1"))).to_contain_text("reads", timeout=PART_MS)
    expect(tab.get_by_text("not connected; values are kept")).to_be_visible()
    survey.look("connections")
    view(tab, "Tags")
    expect(tab.get_by_role("row", name=re.compile("speed"))).to_contain_text("10 1/min", timeout=PART_MS)
    survey.look("tags")
    view(tab, "What is this register?")
    tab.get_by_label("Address").fill("40002")
    tab.get_by_role("button", name="Look").click()
    expect(tab.get_by_text("holding:1 = 40002")).to_be_visible(timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("^uint16 AB 140"))).to_be_visible()
    survey.look("register")
    tab.get_by_label("Address").fill("nowhere")
    tab.get_by_role("button", name="Look").click()
    expect(tab.get_by_role("alert")).to_contain_text("is no Modbus address", timeout=PART_MS)
    view(tab, "Browse")
    expect(tab.get_by_text("None of the connections can list its addresses")).to_be_visible()
    view(tab, "Certificates")
    expect(tab.get_by_text("No server has shown a certificate yet")).to_be_visible(timeout=PART_MS)
    survey.look("certificates")
    view(tab, "Doctor")
    tab.get_by_label("Connection").select_option("off")
    tab.get_by_role("button", name="Examine").click()
    expect(tab.get_by_text("Next step:")).to_be_visible(timeout=PART_MS)
    survey.look("doctor")
    tab.get_by_role("button", name="中文").click()
    expect(tab.get_by_role("button", name="诊断", exact=True)).to_have_attribute("aria-current", "page")
    page.agent.kill()
    expect(tab.get_by_text("代理没有应答，正在重试……")).to_be_visible(timeout=PART_MS)
    page.agent.start()
    expect(tab.get_by_label("密码")).to_be_visible(timeout=60_000)  # sessions go with the agent
    assert faults == []
    assert survey.report() == ""
    tab.context.close()
