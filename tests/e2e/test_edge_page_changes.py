"""The agent's own page sets a machine up: from a register to a tag that is read, sheets, machines, versions; without a
platform, and nothing serious for axe."""

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

IN_USE = "Saved as a new version, and in use. Other connections went on."


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


@pytest.fixture
def tab(browser: Browser, tmp_path: Path, processes: Processes, device: Device) -> Iterator[BrowserPage]:
    page = Page(tmp_path, processes, device.port)
    page.set_password()
    found = opened(browser, page, "en-GB")
    found.get_by_label("Password").fill(PASSWORD)
    found.keyboard.press("Enter")
    expect(found.get_by_role("row", name=re.compile("press_1"))).to_contain_text("reads", timeout=PART_MS)
    yield found
    found.context.close()


def apply(tab: BrowserPage, note: str) -> None:
    tab.get_by_label("Note").fill(note)
    tab.get_by_role("button", name="Save and use it now").click()
    expect(tab.get_by_text(IN_USE)).to_be_visible(timeout=PART_MS)


def test_from_a_register_to_a_tag_and_back(tab: BrowserPage) -> None:
    survey = Survey(tab)
    view(tab, "What is this register?")
    tab.get_by_label("Address").fill("40002")
    tab.get_by_role("button", name="Look").click()
    tab.get_by_role("button", name="Make a tag: uint16 AB", exact=True).click(timeout=PART_MS)
    expect(tab.get_by_label("Address")).to_have_value("holding:1")
    tab.get_by_label("Tag", exact=True).fill("oil_level")
    tab.get_by_label("Factor").fill("0,5")
    tab.get_by_role("button", name="Try it").click()
    expect(tab.get_by_role("alert")).to_be_visible(timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("scale"))).to_contain_text("may mean two numbers")
    survey.look("a tag that is not possible")
    tab.get_by_label("Factor").fill("0.1")
    tab.get_by_label("Unit").fill("mm")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("14 mm")).to_be_visible(timeout=PART_MS)
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_text("1 new, 0 changed, 0 removed, 2 as they were")).to_be_visible(timeout=PART_MS)
    survey.look("the difference of a tag")
    apply(tab, "the gauge at the tank")
    view(tab, "Tags")
    expect(tab.get_by_role("row", name=re.compile("oil_level"))).to_contain_text("14 mm", timeout=PART_MS)
    view(tab, "Versions")
    expect(tab.get_by_role("row", name=re.compile("the gauge at the tank"))).to_contain_text("in use", timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("the gauge at the tank"))).to_contain_text("this machine")
    survey.look("versions")
    tab.get_by_role("button", name="Difference: Back to version 1").click()
    expect(tab.get_by_role("region", name="Difference")).to_contain_text("tags_file: tags/press_1.csv", timeout=PART_MS)
    survey.look("back to a version")
    apply(tab, "it was the wrong one")
    view(tab, "Tags")
    expect(tab.get_by_role("row", name=re.compile("speed"))).to_be_visible(timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("oil_level"))).to_have_count(0, timeout=PART_MS)
    assert survey.report() == ""


def test_sheets_and_machines(tab: BrowserPage, tmp_path: Path, device: Device) -> None:
    survey = Survey(tab)
    head = "name,address,type,unit\n"
    sheet = tmp_path / "given.csv"
    sheet.write_text(head + "a,holding:0,uint16,°C\nb,nowhere,uint16,\nc,holding:2,float99,\n", "utf-8")
    view(tab, "Import and export")
    tab.get_by_label("Connection").select_option("press_1")
    tab.get_by_label("File", exact=True).set_input_files(sheet)
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_role("alert")).to_contain_text("nothing was changed", timeout=PART_MS)
    expect(tab.get_by_role("row", name=re.compile("^4 type"))).to_be_visible()
    survey.look("a sheet with mistakes")
    sheet.write_text(head + "a,holding:0,uint16,°C\n", "utf-8")
    tab.get_by_label("File", exact=True).set_input_files(sheet)
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_text("1 new, 0 changed")).to_be_visible(timeout=PART_MS)
    apply(tab, "")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Download CSV").click()
    assert "press_1,a,holding:0,uint16" in Path(download.value.path()).read_text("utf-8-sig")
    view(tab, "Machines")
    tab.get_by_label("Template or machine to copy").select_option("press_1")
    tab.get_by_label("Connection").fill("press_2")
    tab.get_by_label("prefix").fill("p2_")
    tab.get_by_role("button", name="One more machine").click()
    expect(tab.get_by_label("Connection").nth(1)).to_have_value("press_3")
    tab.get_by_label("host").nth(1).fill("127.0.0.1")
    survey.look("machines")
    tab.get_by_role("button", name="See what changes").click()
    expect(tab.get_by_text("press_3 ·")).to_be_visible(timeout=PART_MS)
    apply(tab, "two presses more")
    view(tab, "Connections")
    expect(tab.get_by_role("row", name=re.compile("press_3"))).to_contain_text("reads", timeout=PART_MS)
    assert device.frames == []  # nothing was written
    assert survey.report() == ""


def test_a_search_with_its_progress(tab: BrowserPage) -> None:
    survey = Survey(tab)
    view(tab, "Search")
    tab.get_by_label("To", exact=True).fill("50")
    tab.get_by_role("button", name="Find addresses").click()
    expect(tab.get_by_role("row", name=re.compile("holding:0"))).to_contain_text("answers", timeout=PART_MS)
    survey.look("what answers")
    tab.get_by_label("From", exact=True).fill("3000")
    tab.get_by_label("To", exact=True).fill("65535")
    tab.get_by_role("button", name="Find addresses").click()
    expect(tab.get_by_role("progressbar")).to_be_visible(timeout=PART_MS)
    survey.look("a search under way")
    tab.get_by_role("button", name="End", exact=True).click()
    expect(tab.get_by_text("The search was ended")).to_be_visible(timeout=PART_MS)
    tab.get_by_role("button", name="Find SunSpec device").click()
    expect(tab.get_by_role("alert")).to_contain_text("no SunSpec device", timeout=PART_MS)
    assert survey.report() == ""
