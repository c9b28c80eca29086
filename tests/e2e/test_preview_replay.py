"""The preview replays what the demo line did a moment ago, and goes back to live."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def moment_us(preview: Locator) -> int:
    return int(preview.locator("[data-moment]").get_attribute("data-moment") or 0)


def test_the_preview_replays_history_at_a_speed_and_returns_to_live(
    processes: Processes, tmp_path: Path, browser: Browser
) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP)
    page = context.new_page()
    set_up(page, stack)
    page.goto("/design/line_overview")
    expect(page.locator("[data-element]").first).to_be_visible(timeout=PART_MS)
    # A few seconds of history, so that there is something to replay.
    page.wait_for_timeout(8000)
    page.get_by_role("banner").get_by_role("button", name="Preview").click()
    preview = page.get_by_role("dialog", name="Preview")
    data = preview.get_by_role("combobox", name="Data")
    data.select_option(label="Replayed history")

    speed = preview.locator('[data-type="value"]').filter(has_text="Press 1 · Speed")
    expect(preview.locator("[data-moment]")).to_be_visible(timeout=PART_MS)
    expect(speed).to_contain_text("1/min", timeout=PART_MS)
    before = moment_us(preview)
    preview.get_by_role("button", name="Play").click()
    expect(preview.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_timeout(3000)
    assert 1e6 < moment_us(preview) - before < 10e6
    preview.get_by_role("navigation", name="Pages").get_by_role("button", name="Trends").click()
    expect(preview.locator('[data-type="trend"] canvas').first).to_be_visible(timeout=PART_MS)

    preview.get_by_role("button", name="Back to live").click()
    expect(data).to_have_value("live")
    expect(preview.locator("[data-moment]")).to_have_count(0)
    context.close()
