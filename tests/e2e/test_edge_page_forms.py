"""The forms of the agent's page in a browser: Chinese from the agent's own words, what is emptied, a server's node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from connectors.peers.opcua_peer import Variable
from tests.e2e.axe import Survey
from tests.e2e.builder import PART_MS
from tests.e2e.test_device_writes import Device
from tests.e2e.test_edge_page import opened, view
from tests.integration.test_local_page import PASSWORD, Page
from tests.support.opcua_thread import OpcuaThread
from tests.support.processes import Processes

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

#: A sentence of our own in English; names, settings and commands stand in every language.
ENGLISH = re.compile(r"\b(?:the|is|are|not|there|cannot|check|write|give)\b", re.IGNORECASE)


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


@pytest.fixture
def server() -> Iterator[OpcuaThread]:
    made = OpcuaThread([Variable("oven.temp", "float64", 180.5, "oven", "temp/now")])
    yield made
    made.close()


@pytest.fixture
def page(tmp_path: Path, processes: Processes, device: Device, server: OpcuaThread) -> Page:
    oven = {"id": "oven", "driver": "opcua", "config": server.config, "scan_ms": 200, "tags": []}
    made = Page(tmp_path, processes, device.port, more=[oven])
    made.set_password()
    return made


def signed_in(browser: Browser, page: Page, locale: str, password: str) -> BrowserPage:
    tab = opened(browser, page, locale)
    tab.get_by_label(password).fill(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("row", name=re.compile("press_1"))).to_be_visible(timeout=PART_MS)
    return tab


def test_the_agents_own_words_in_chinese(browser: Browser, page: Page, tmp_path: Path) -> None:
    tab = signed_in(browser, page, "zh-CN", "密码")
    survey = Survey(tab)
    expect(tab.get_by_role("row", name=re.compile("^off"))).to_contain_text("无法建立到", timeout=PART_MS)
    view(tab, "标签")
    gone = tab.get_by_role("row", name=re.compile("gone"))
    expect(gone).to_contain_text("地址错误", timeout=PART_MS)
    assert gone.inner_text().count("地址错误") == 1  # the quality and the error are the same word
    view(tab, "诊断")
    tab.get_by_label("连接").select_option("off")
    tab.get_by_role("button", name="检查").click()
    expect(tab.get_by_text("主机在线，但端口 1 上没有服务")).to_be_visible(timeout=PART_MS)
    expect(tab.get_by_text("请检查端口，以及设备中是否启用了该协议。")).to_be_visible()
    survey.look("findings")
    assert not ENGLISH.search(tab.get_by_role("main").inner_text())
    view(tab, "导入和导出")
    sheet = tmp_path / "given.csv"
    sheet.write_text("name,address,type,scale\na,holding:0,uint16,x\nb,holding:1,float99,\n", "utf-8")
    tab.get_by_label("连接").select_option("press_1")
    tab.get_by_label("文件", exact=True).set_input_files(sheet)
    tab.get_by_role("button", name="查看变更").click()
    expect(tab.get_by_role("row", name=re.compile("^2 scale"))).to_contain_text("“x”不是数字", timeout=PART_MS)
    survey.look("rows with problems")
    assert not ENGLISH.search(tab.get_by_role("main").inner_text())
    view(tab, "这个寄存器是什么？")
    tab.get_by_label("地址").fill("nowhere")
    tab.get_by_role("button", name="读取").click()
    expect(tab.get_by_role("alert")).to_contain_text("“nowhere”不是 Modbus 地址。请写", timeout=PART_MS)
    tab.get_by_role("button", name="English").click()
    tab.get_by_label("Address").fill("nowhere")
    tab.get_by_role("button", name="Look").click()
    expect(tab.get_by_role("alert")).to_contain_text("is no Modbus address. Write", timeout=PART_MS)
    assert survey.report() == ""
    tab.context.close()


def test_a_setting_is_emptied(browser: Browser, page: Page) -> None:
    tab = signed_in(browser, page, "en-GB", "Password")
    view(tab, "Add a tag")
    tab.get_by_label("Connection").select_option("press_1")
    tab.get_by_label("Tag", exact=True).fill("speed")
    tab.get_by_label("Tag", exact=True).blur()
    expect(tab.get_by_label("Unit")).to_have_value("1/min", timeout=PART_MS)
    expect(tab.get_by_label("Factor")).to_have_value("0.1")
    tab.get_by_label("Address").fill("")
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_role("row", name=re.compile("address"))).to_contain_text("'address' is missing", timeout=PART_MS)
    tab.get_by_label("Address").fill("holding:0")
    tab.get_by_label("Unit").fill("")
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_role("row", name=re.compile("speed"))).to_contain_text("unit: 1/min → ∅", timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("speed"))).not_to_contain_text("scale")
    tab.get_by_role("button", name="Save and use it now").click()
    expect(tab.get_by_text("Saved as a new version, and in use.")).to_be_visible(timeout=PART_MS)
    view(tab, "Tags")
    tab.get_by_label("Connection").select_option("press_1")
    expect(tab.get_by_role("row", name=re.compile("speed"))).to_contain_text("10", timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("speed"))).not_to_contain_text("1/min")
    tab.context.close()


def test_a_node_of_a_server_becomes_a_tag(browser: Browser, page: Page) -> None:
    tab = signed_in(browser, page, "en-GB", "Password")
    view(tab, "Browse")
    tab.get_by_role("button", name="Open oven").click(timeout=PART_MS)
    tab.get_by_role("button", name="Make a tag: temp/now").click(timeout=PART_MS)
    expect(tab.get_by_label("Connection")).to_have_value("oven")
    expect(tab.get_by_label("Tag", exact=True)).to_have_value("temp_now")  # / parts the levels of a topic
    expect(tab.get_by_label("Address")).to_have_value(re.compile("s=oven.temp"))
    tab.get_by_role("button", name="Try it").click()
    expect(tab.get_by_text("180.5")).to_be_visible(timeout=PART_MS)
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_text("1 new, 0 changed")).to_be_visible(timeout=PART_MS)
    tab.get_by_role("button", name="Save and use it now").click()
    expect(tab.get_by_text("Saved as a new version, and in use.")).to_be_visible(timeout=PART_MS)
    view(tab, "Tags")
    tab.get_by_label("Connection").select_option("oven")
    expect(tab.get_by_role("row", name=re.compile("temp_now"))).to_contain_text("180.5", timeout=PART_MS)
    tab.context.close()
