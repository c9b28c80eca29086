"""Typing values on the agent's page: on a phone, in two languages, refusals in words, nothing serious for axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from tests.e2e.axe import Survey
from tests.e2e.builder import PART_MS
from tests.e2e.test_edge_page import opened, view
from tests.integration.test_local_page import PASSWORD, Page
from tests.integration.test_local_page_entries import HAND
from tests.support.processes import Processes, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def page(tmp_path: Path, processes: Processes) -> Page:
    made = Page(tmp_path, processes, free_port(), more=[HAND])
    made.set_password()
    return made


@pytest.fixture
def tab(browser: Browser, page: Page) -> Iterator[BrowserPage]:
    found = opened(browser, page, "en-GB")
    found.set_viewport_size({"width": 390, "height": 844})
    found.get_by_label("Password").fill(PASSWORD)
    found.keyboard.press("Enter")
    view(found, "Enter values")
    expect(found.get_by_label("Weight of the batch")).to_be_visible(timeout=PART_MS)
    yield found
    found.context.close()


def test_a_value_is_typed_refused_kept_and_corrected(tab: BrowserPage) -> None:
    survey = Survey(tab)
    survey.look("nothing typed")
    weight = tab.locator("form.entry").first
    field = weight.get_by_label("Weight of the batch")
    field.fill("612.5")
    weight.get_by_role("button", name="Keep").click()
    expect(weight.get_by_role("alert")).to_have_text(
        "Not between 0 and 500 kg. Look at the gauge again.", timeout=PART_MS
    )
    expect(field).to_have_value("612.5")  # to be mended, not typed again
    survey.look("refused")
    field.fill("61.5")
    tab.keyboard.press("Enter")
    expect(weight.get_by_role("status")).to_contain_text("Kept: 61.5 kg", timeout=PART_MS)
    expect(weight).to_contain_text(re.compile("Last: 61.5 kg .* next due"))
    expect(field).to_have_value("")
    field.fill("16.5")
    weight.get_by_role("button", name="Correct the last").click()
    expect(weight.get_by_role("status")).to_contain_text("Kept in place of another: 16.5 kg", timeout=PART_MS)
    grade = tab.locator("form.entry").nth(1)
    grade.get_by_role("combobox").select_option("Second")
    grade.get_by_role("button", name="Keep").click()
    expect(grade.get_by_role("status")).to_contain_text("Kept: Second", timeout=PART_MS)
    survey.look("kept")
    wide = tab.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide, "wider than a phone"
    heights = "[...document.querySelectorAll('form.entry button:not([hidden])')].map((one) => one.offsetHeight)"
    assert min(tab.evaluate(heights)) >= 44, "too small for a finger"
    view(tab, "Tags")
    tab.get_by_label("Connection").select_option("hand")
    expect(tab.get_by_role("row", name=re.compile("weight"))).to_contain_text("16.5 kg", timeout=PART_MS)
    assert survey.report() == ""


def test_an_old_time_and_an_answer_that_is_lost(tab: BrowserPage, tmp_path: Path) -> None:
    tab.get_by_label("Time of the values").fill("2020-01-01T08:00:00")
    note = tab.locator("form.entry").nth(2)
    note.get_by_role("textbox").fill("oil refilled")
    note.get_by_role("button", name="Keep").click()
    expect(note.get_by_role("alert")).to_have_text("The time is too long ago. Check the date.", timeout=PART_MS)
    tab.get_by_label("Time of the values").fill("")
    lost: list[int] = []

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        lost.append(route.fetch().status)  # the agent has it; the browser does not hear so
        route.abort()

    tab.route("**/api/enter", lose, times=1)
    note.get_by_role("button", name="Keep").click()
    expect(note.get_by_role("alert")).to_contain_text("does not answer", timeout=PART_MS)
    note.get_by_role("button", name="Keep").click()
    expect(note.get_by_role("status")).to_contain_text("Kept: oil refilled", timeout=PART_MS)
    assert lost == [200]
    (journal,) = (tmp_path / "data" / "entries").glob("entries-*.jsonl")
    assert len(journal.read_text("utf-8").splitlines()) == 1


def test_the_same_in_chinese(browser: Browser, page: Page) -> None:
    tab = opened(browser, page, "zh-CN")
    tab.get_by_label("密码").fill(PASSWORD)
    tab.keyboard.press("Enter")
    view(tab, "录入数值")
    weight = tab.locator("form.entry").first
    weight.get_by_label("批次重量").fill("12,5", timeout=PART_MS)
    weight.get_by_role("button", name="保存").click()
    expect(weight.get_by_role("alert")).to_contain_text("逗号可能有两种含义", timeout=PART_MS)
    grade = tab.locator("form.entry").nth(1)
    grade.get_by_role("combobox").select_option("二等")
    grade.get_by_role("button", name="保存").click()
    expect(grade.get_by_role("status")).to_contain_text("已保存：二等", timeout=PART_MS)
    tab.context.close()
