"""What makes the numbers trusted: where they come from, what they were, and that nothing old looks current."""

from __future__ import annotations

import itertools
import os
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.test_first_app import PASSWORD, SPEED, expect_current, set_up, tile
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
APP = "/app/line_overview"
TEMPERATURE = tile("press_1", "temperature")
#: Every tile of one value on the overview.
TILES = '[data-element][data-type="value"]'
BANNER = "[data-travel=bar]"
#: The platform is frozen at least so long; the temperature of a press changes, and is stored, every 2 s.
FROZEN_MIN_US = 6_000_000
HOLE_MIN_US = 4_500_000
YEAR_US = 365 * 86_400_000_000


@pytest.fixture
def stack(processes: Processes, tmp_path: Path) -> Stack:
    found = Stack(processes, tmp_path / "data")
    found.wait_part("agent")
    return found


def open_app(browser: Browser, stack: Stack, **options: Any) -> tuple[BrowserContext, Page]:
    """A signed-in browser with the overview, once its values are there."""
    context = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900}, **options)
    page = context.new_page()
    set_up(page, stack)
    page.goto(APP)
    expect_current(page, SPEED)
    return context, page


def call(page: Page, method: str, path: str, body: dict[str, Any] | None = None, etag: str = "") -> Any:
    """A request as the app itself makes it: status and answer."""
    return page.evaluate(
        """async ([method, path, body, etag]) => {
            const token = /interlock[_-]csrf=([^;]*)/i.exec(document.cookie)[1];
            const answer = await fetch("/api/v1" + path, {method, body: body && JSON.stringify(body),
              headers: {"Content-Type": "application/json", "X-Interlock-CSRF": decodeURIComponent(token),
                ...(etag ? {"If-Match": etag} : {})}});
            return [answer.status, answer.status === 204 ? null : await answer.json()];
        }""",
        [method, path, body, etag],
    )


def shown_number(page: Page, selector: str) -> float:
    """The number a tile shows, once it shows one below its title."""
    page.wait_for_function(
        "s => /\\n\\s*-?\\d/.test(document.querySelector(s).innerText)", arg=selector, timeout=15_000
    )
    text = page.locator(selector).inner_text()
    return float(re.findall(r"-?\d[\d,]*\.\d+|-?\d[\d,]*", text.split("\n", 1)[1])[0].replace(",", ""))


def held_at(rows: list[tuple[int, Any, int]], moment: int) -> Any:
    """The value in force at a moment, from the raw samples."""
    return [value for ts, value, _ in rows if ts <= moment][-1]


def test_a_number_leads_back_to_its_register(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    page.get_by_role("button", name="Explain", exact=True).click()
    page.locator(TEMPERATURE).get_by_role("button").last.click()
    panel = page.get_by_role("dialog")
    tag = stack.client.tags("press_1")["press_1/temperature"]
    for text in ("Press 1 · temperature", "press_1/temperature", tag["meta"]["address"], "Good (code 0)", "ms"):
        expect(panel).to_contain_text(text, timeout=10_000)
    # It is live: the time of the value goes on.
    before = panel.inner_text()
    page.wait_for_function("b => document.querySelector('dialog[open]').innerText !== b", arg=before, timeout=10_000)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.locator(SPEED).click(button="right")
    expect(panel).to_contain_text("press_1/speed", timeout=10_000)
    context.close()
    stack.close()


def test_the_past_shows_what_was_stored_and_plays(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    tag = stack.client.tags("press_1")["press_1/temperature"]["id"]
    page.wait_for_timeout(20_000)
    moment = (int(time.time()) - 8) * 1_000_000
    rows = stack.client.raw(tag)
    assert len({value for _, value, _ in rows}) > 3
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(moment / 1e6))
    page.goto(f"{APP}?at={at}")
    banner = page.locator(BANNER)
    expect(banner.locator("[data-moment]")).to_have_attribute("data-moment", str(moment), timeout=15_000)
    assert shown_number(page, TEMPERATURE) == pytest.approx(held_at(rows, moment), abs=0.051)
    # It stands: seconds later it is the same number at the same moment.
    page.wait_for_timeout(2500)
    assert shown_number(page, TEMPERATURE) == pytest.approx(held_at(rows, moment), abs=0.051)

    # By keyboard along the line: another moment, its value, and the address of it.
    line = banner.get_by_role("slider")
    line.focus()
    page.keyboard.press("ArrowLeft")
    expect(banner.locator("[data-moment]")).not_to_have_attribute("data-moment", str(moment), timeout=10_000)
    moved = int(banner.locator("[data-moment]").get_attribute("data-moment") or 0)
    page.wait_for_timeout(500)
    assert moved < moment
    if moved >= rows[0][0]:
        assert shown_number(page, TEMPERATURE) == pytest.approx(held_at(rows, moved), abs=0.051)

    # It plays on from there, and stands on what was stored.
    banner.get_by_role("button", name="Play").click()
    page.wait_for_timeout(3000)
    banner.get_by_role("button", name="Pause").click()
    page.wait_for_timeout(1500)
    played = int(banner.locator("[data-moment]").get_attribute("data-moment") or 0)
    assert 2_000_000 < played - moved < 8_000_000
    later = stack.client.raw(tag)
    if played >= later[0][0]:
        assert shown_number(page, TEMPERATURE) == pytest.approx(held_at(later, played), abs=0.051)

    banner.get_by_role("button", name="Back to live").click()
    expect(banner).to_have_count(0)
    assert "at=" not in page.url
    context.close()
    stack.close()


def test_a_shared_link_opens_the_same_view_after_signing_in(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    page.goto(f"{APP}/press?range=8h")
    page.get_by_role("button", name="Share").click()
    page.get_by_role("checkbox").check()
    link = page.get_by_role("dialog").get_by_role("textbox").input_value()
    expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
    for part in ("range=8h", "at=", "="):
        assert part in link
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    other = phone.new_page()
    other.goto(link)
    other.fill("input[name=username]", "anna")
    other.fill("input[name=password]", PASSWORD)
    other.click("button[type=submit]")
    other.wait_for_url(link, timeout=15_000)
    expect(other.locator(BANNER)).to_be_visible(timeout=15_000)
    phone.close()
    context.close()
    stack.close()


def test_a_new_release_is_told_and_nothing_jumps(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    page.goto(f"{APP}?range=8h")
    expect_current(page, SPEED)
    _, draft = call(page, "GET", "/apps/line_overview/draft")
    (app,) = [file for file in draft["files"] if file["path"] == "app.json"]
    changed = {**app["content"], "version": "1.9.9"}
    status, answer = call(page, "PUT", "/apps/line_overview/draft/files/app.json", changed, f'"{app["etag"]}"')
    assert status == 200, answer
    status, answer = call(page, "POST", "/apps/line_overview/releases", {"note": "another version"})
    assert (status, answer["no"]) == (201, 2), answer
    banner = page.get_by_text("A new version of this app is ready")
    expect(banner).to_have_count(0)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(banner).to_be_visible(timeout=10_000)
    page.evaluate("window.neverReloaded = true")
    page.get_by_role("button", name="Show it").click()
    expect(banner).to_have_count(0, timeout=10_000)
    assert "range=8h" in page.url
    assert page.evaluate("window.neverReloaded") is True
    context.close()
    stack.close()


def test_units_and_stars_follow_the_person(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    celsius = shown_number(page, TEMPERATURE)
    page.get_by_role("button", name="anna").click()
    page.get_by_role("button", name="Times and units").click()
    page.get_by_role("dialog").get_by_label("Temperature").select_option("°F")
    page.get_by_role("button", name="Done").click()
    expect(page.locator(TEMPERATURE)).to_contain_text("°F")
    assert shown_number(page, TEMPERATURE) == pytest.approx(celsius * 1.8 + 32, abs=15)
    page.goto("/")
    page.get_by_role("button", name="Mark Line overview as a favourite").click()
    page.wait_for_timeout(1500)
    other = browser.new_context(base_url=stack.url)
    elsewhere = other.new_page()
    elsewhere.goto("/login")
    elsewhere.fill("input[name=username]", "anna")
    elsewhere.fill("input[name=password]", PASSWORD)
    elsewhere.click("button[type=submit]")
    expect(elsewhere.get_by_role("button", name="Take the star from Line overview")).to_be_visible(timeout=15_000)
    elsewhere.goto(APP)
    expect(elsewhere.locator(TEMPERATURE)).to_contain_text("°F", timeout=15_000)
    other.close()
    context.close()
    stack.close()


#: How many tiles there are, and how many of them say that the server is not heard.
COUNT_JS = """tiles => { const all = [...document.querySelectorAll(tiles)];
    return [all.length, all.filter(one => one.querySelector("[data-level=no_link]")).length]; }"""


def all_marked(page: Page, what: str) -> None:
    """Every tile says that the server is not heard: 2.5 s after the last beat, later on a busy machine."""
    begin = time.monotonic()
    count, marked = 0, -1
    while marked != count and time.monotonic() - begin < 8:
        count, marked = page.evaluate(COUNT_JS, TILES)
        page.wait_for_timeout(50)
    print(f"{what}: {marked} of {count} tiles marked after {time.monotonic() - begin:.1f} s")
    assert (count > 0, marked) == (True, count)


def none_marked(page: Page) -> None:
    expect(page.locator(TILES).locator("[data-level=no_link]")).to_have_count(0, timeout=40_000)


def test_nothing_old_looks_current_when_the_platform_or_the_network_is_silent(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    page.evaluate("window.neverReloaded = true")
    # Frozen: the socket stays open and says nothing. A beat is due each second; two seconds after the second missed.
    platform = stack.wait_part("platform")
    os.kill(platform, signal.SIGSTOP)
    all_marked(page, "platform frozen")
    page.wait_for_timeout(6_000)
    os.kill(platform, signal.SIGCONT)
    none_marked(page)

    session = context.new_cdp_session(page)
    session.send("Network.enable")
    cut = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", cut)
    all_marked(page, "network cut")
    session.send("Network.emulateNetworkConditions", {**cut, "offline": False})
    none_marked(page)
    # The store has no hole either: what the frozen platform could not take came afterwards.
    tag = stack.client.tags("press_1")["press_1/temperature"]["id"]
    times = [ts for ts, _value, _quality in stack.client.raw(tag)]
    assert times[-1] - times[0] > FROZEN_MIN_US
    assert max(after - before for before, after in itertools.pairwise(times)) < HOLE_MIN_US
    assert page.evaluate("window.neverReloaded") is True
    context.close()
    stack.close()


def test_a_screen_on_the_wall_has_only_the_page(browser: Browser, stack: Stack) -> None:
    context, page = open_app(browser, stack)
    page.goto(f"{APP}?kiosk=1")
    expect_current(page, SPEED)
    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_text("Connected")).to_be_visible()
    page.set_viewport_size({"width": 1920, "height": 700})
    page.wait_for_function("document.documentElement.scrollHeight <= innerHeight", timeout=15_000)
    zooms = "() => [...document.querySelectorAll('*')].map((one) => Number(getComputedStyle(one).zoom))"
    assert min(page.evaluate(zooms)) < 1  # nobody scrolls on a wall: the page was made smaller
    page.mouse.click(5, 5)
    page.get_by_role("button", name="Leave full screen").click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    context.close()
    stack.close()
