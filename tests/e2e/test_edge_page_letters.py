"""Dead letters on the agent's own page in a browser, in two languages: chosen, sent again; discarded by two presses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.axe import Survey
from tests.e2e.builder import PART_MS
from tests.e2e.test_edge_page import opened, view
from tests.integration.agent_rig import Rig
from tests.integration.test_dead_letters import Letters, RigPage
from tests.integration.test_local_page import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=20, period_ms=50)
    try:
        yield made
    finally:
        made.close()


def test_sent_again_and_discarded_by_hand(browser: Browser, rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    page = RigPage(rig)
    tab = opened(browser, page, "en-GB")
    faults: list[str] = []
    tab.on("pageerror", lambda error: faults.append(str(error)))
    survey = Survey(tab)
    tab.get_by_label("Password").fill(PASSWORD)
    tab.keyboard.press("Enter")
    view(tab, "Dead letters")
    expect(tab.get_by_text("There are no dead letters")).to_be_visible(timeout=PART_MS)
    survey.look("no dead letters")
    letters = Letters(rig, capsys)
    first, second, third = (one["id"] for one in letters.refused(3))
    view(tab, "Dead letters")
    row = tab.get_by_role("row").filter(has=tab.get_by_label(f"Choose {first}", exact=True))
    expect(row).to_contain_text("Its content is not what a batch holds", timeout=PART_MS)
    expect(row).to_contain_text("dev_0000")
    expect(tab.get_by_role("button", name="Send again")).to_be_disabled()
    tab.get_by_label(f"Choose {first}", exact=True).check()
    tab.get_by_label(f"Choose {second}", exact=True).check()
    expect(tab.get_by_text("2 chosen")).to_be_visible()
    survey.look("dead letters")
    with tab.expect_download() as saved:
        tab.get_by_role("button", name="Export", exact=True).click()
    assert saved.value.suggested_filename == "line_1-dead-letters.zip"
    tab.get_by_role("button", name="Send again").click()
    expect(tab.get_by_text("2 wait to be sent again.")).to_be_visible(timeout=PART_MS)
    tab.get_by_role("button", name="中文").click()
    expect(tab.get_by_role("row", name=re.compile("内容不符合批次的格式"))).to_have_count(1, timeout=PART_MS)
    tab.get_by_label(f"选择 {third}", exact=True).check()
    tab.get_by_role("button", name="丢弃").click()
    expect(tab.get_by_role("button", name="永久丢弃 1 个？再按一次")).to_be_visible()
    assert [one["id"] for one in letters.listed()] == [third], "one press throws nothing away"
    tab.get_by_role("button", name="永久丢弃 1 个？再按一次").click()
    expect(tab.get_by_text("已丢弃 1 个，仍计为死信。")).to_be_visible(timeout=PART_MS)
    expect(tab.get_by_text("没有死信")).to_be_visible()
    assert letters.listed() == []
    assert faults == []
    assert survey.report() == ""
    tab.context.close()
