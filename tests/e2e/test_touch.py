"""Fingers on a phone: two zoom a chart, one reads it; the page itself keeps its size."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
STEPS = 8
Point = tuple[float, float]


def touch(cdp: CDPSession, kind: str, points: list[Point]) -> None:
    """One touch event with every finger that lies on the screen."""
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def drag(cdp: CDPSession, begin: list[Point], end: list[Point]) -> None:
    """Fingers down one after the other, moved in steps, left on the screen."""
    for count in range(1, len(begin) + 1):
        touch(cdp, "touchStart", begin[:count])
    for step in range(1, STEPS + 1):
        share = step / STEPS
        moved = [(x + (u - x) * share, y + (v - y) * share) for (x, y), (u, v) in zip(begin, end, strict=True)]
        touch(cdp, "touchMove", moved)


def shown_s(page: Page) -> float:
    """Length of the time range in the address, seconds."""
    query = parse_qs(urlsplit(page.url).query)
    begin, end = (datetime.fromisoformat(query[name][0].replace("Z", "+00:00")) for name in ("from", "to"))
    return (end - begin).total_seconds()


def test_two_fingers_zoom_a_chart_and_one_reads_it(processes: Processes, tmp_path: Path, browser: Browser) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    set_up(page, stack)
    page.goto(f"{stack.url}/app/line_overview/trends?range=10m")
    chart = page.locator(".u-over").first
    expect(chart).to_be_visible(timeout=15_000)
    # The chart keeps its place only once its data and its face are there.
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    middle, line = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    cdp = context.new_cdp_session(page)

    # One finger reads: a time stamp appears, the range stays.
    drag(cdp, [(middle, line)], [(middle + 60, line)])
    stamp = page.get_by_test_id("chart-stamp")
    expect(stamp.first).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
    touch(cdp, "touchEnd", [])
    assert "from=" not in page.url

    # Two fingers 60 px apart pulled to 180 px: a third of the ten minutes, kept in the address when lifted.
    drag(cdp, [(middle - 30, line), (middle + 30, line)], [(middle - 90, line), (middle + 90, line)])
    assert "from=" not in page.url
    touch(cdp, "touchEnd", [])
    expect(page).to_have_url(re.compile("from="), timeout=5_000)
    assert shown_s(page) == pytest.approx(200, rel=0.1)
    assert page.evaluate("visualViewport.scale") == 1

    # Pushed together again: a longer range, and the back button returns to the closer look.
    close_up = page.url
    drag(cdp, [(middle - 90, line), (middle + 90, line)], [(middle - 45, line), (middle + 45, line)])
    touch(cdp, "touchEnd", [])
    expect(page).not_to_have_url(close_up, timeout=5_000)
    assert shown_s(page) == pytest.approx(400, rel=0.1)
    page.go_back()
    assert page.url == close_up
    context.close()
    stack.close()
