"""The agent's own page from no connection to values: the form of a driver, and where searches, registers and bad tags
lead; on a desk in English and on a phone in Chinese, with nothing serious for axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from tests.e2e.axe import Survey
from tests.e2e.builder import PART_MS
from tests.e2e.test_device_writes import Device
from tests.e2e.test_edge_page import opened, view
from tests.integration.test_local_page import PASSWORD, Page
from tests.support.processes import Processes

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


def signed_in(browser: Browser, page: Page, locale: str, phone: bool = False) -> BrowserPage:
    page.set_password()
    tab = opened(browser, page, locale)
    if phone:
        tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tab.locator("input[type=password]").fill(PASSWORD)
    tab.keyboard.press("Enter")
    return tab


def test_from_nothing_to_values(browser: Browser, tmp_path: Path, processes: Processes, device: Device) -> None:
    tab = signed_in(browser, Page(tmp_path, processes, device.port, empty=True), "en-GB")
    survey = Survey(tab)
    expect(tab.get_by_text("There are no connections yet")).to_be_visible(timeout=PART_MS)
    survey.look("no connections")
    for name in ("Search", "What is this register?", "Add a tag", "Import and export"):
        view(tab, name)
        expect(tab.get_by_role("main").get_by_role("button", name="New connection")).to_be_visible()
    tab.get_by_role("main").get_by_role("button", name="New connection").click()
    tab.get_by_label("Hosts").fill(f"127.0.0.1:{device.port}")
    tab.get_by_role("button", name="Find devices").click()
    tab.get_by_role("button", name=re.compile("^Use it")).click(timeout=PART_MS)
    expect(tab.get_by_label(re.compile("^port"))).to_have_value(str(device.port), timeout=PART_MS)
    tab.get_by_label(re.compile("^Id")).fill("press_1")
    tab.get_by_text("More settings").click()
    tab.locator("select[name=byte_order]").select_option("CDAB")
    survey.look("a new connection")
    tab.get_by_role("button", name="Try it").click()
    expect(tab.get_by_text("It can be reached.")).to_be_visible(timeout=PART_MS)
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_role("row", name=re.compile("byte_order"))).to_contain_text("CDAB", timeout=PART_MS)
    survey.look("what a new connection changes")
    tab.get_by_role("button", name="Save and use it now").click()
    expect(tab.get_by_text("Saved as a new version, and in use.")).to_be_visible(timeout=PART_MS)
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    view(tab, "What is this register?")
    expect(tab.get_by_text("Give an address and press “Look”.")).to_be_visible(timeout=PART_MS)
    assert not [url for url in asked if url.endswith("/api/register")]  # nobody pressed anything yet
    tab.get_by_label("Address").fill("holding:4000")
    tab.get_by_role("button", name="Look").click()
    expect(tab.get_by_role("alert")).to_contain_text("Search lists the addresses that answer", timeout=PART_MS)
    view(tab, "Search")
    tab.get_by_label("From", exact=True).fill("2000")
    tab.get_by_label("To", exact=True).fill("2020")
    tab.get_by_role("button", name="Find addresses").click()
    expect(tab.get_by_text("The device refuses all of holding:2000–2020")).to_be_visible(timeout=PART_MS)
    survey.look("nothing answers")
    tab.get_by_role("button", name="Table input").click()
    expect(tab.get_by_label("To", exact=True)).to_have_value("499")
    tab.get_by_role("button", name="End", exact=True).click()
    assert survey.report() == ""
    tab.context.close()


def test_a_bad_tag_is_named_on_a_phone_in_chinese(
    browser: Browser, tmp_path: Path, processes: Processes, device: Device
) -> None:
    tab = signed_in(browser, Page(tmp_path, processes, device.port), "zh-CN", phone=True)
    survey = Survey(tab)
    tab.get_by_role("button", name="press_1 的异常标签：1").click(timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("gone"))).to_contain_text("地址错误", timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("speed"))).to_have_count(0)
    survey.look("bad tags on a phone")
    menu = tab.get_by_role("button", name="视图：标签")
    for name in ("诊断", "证书", "版本"):
        expect(tab.get_by_role("navigation").get_by_role("button", name=name)).to_be_hidden()
    menu.click()
    for one in tab.locator("nav .views button").all():
        expect(one).to_be_in_viewport()  # each view is seen at once
    survey.look("the menu of views")
    tab.get_by_role("navigation").get_by_role("button", name="新建连接").click()
    expect(tab.get_by_label(re.compile("^主机（host）"))).to_be_visible(timeout=PART_MS)
    width = tab.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    survey.look("a new connection on a phone")
    view(tab, "导入和导出")
    sheet = tmp_path / "many.csv"
    rows = "".join(f"press_1,t{number},holding:{number},uint16\n" for number in range(40))
    sheet.write_text("connection,name,address,type\n" + rows, "utf-8")
    tab.locator("input[type=file]").set_input_files(sheet)
    tab.get_by_role("button", name="查看变更").click()
    # Below forty rows, and yet in reach.
    expect(tab.get_by_role("button", name="保存并立即使用")).to_be_in_viewport(timeout=PART_MS)
    survey.look("a long difference on a phone")
    assert survey.report() == ""
    tab.context.close()
