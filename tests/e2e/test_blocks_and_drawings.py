"""Blocks that are taken in newer versions, pipes that are drawn, and a drawing on a phone: one app on one platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e import cell_app
from tests.e2e.builder import DESKTOP, PART_MS, PHONE, Builder, box_of
from tests.e2e.test_axe import findings
from tests.e2e.test_designer import SAVED_MS, saved
from tests.e2e.test_first_app import log_in, set_up
from tests.e2e.test_touch import drag, touch
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

#: A list that was flung comes to rest.
GLIDE_MS = 1500
#: Later than this a press is no second tap any more.
TWICE_MS = 500


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Stack]:
    """A platform with the app, whose first release contains version 1 of its block."""
    folder = tmp_path_factory.mktemp("cells")
    processes = Processes(folder)
    started = Stack(processes, folder / "data")
    started.wait_part("agent")
    context = browser.new_context(base_url=started.url)
    page = context.new_page()
    set_up(page, started)
    cell_app.make(page)
    cell_app.send(page, f"/apps/{cell_app.APP}/releases", {"note": "with version 1"}, None)
    context.close()
    yield started
    started.close()
    processes.close()


@pytest.fixture
def page(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A builder at a PC."""
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP, locale="en-GB")
    made = context.new_page()
    log_in(made, stack)
    yield made
    context.close()


def cells(page: Page) -> list[tuple[int, dict[str, str]]]:
    """Version and settings of every place of the block, as they are stored."""
    content = page.request.get(f"/api/v1/apps/{cell_app.APP}/draft/files/pages/main.json").json()
    elements = [content["elements"][name] for name in cell_app.CELLS]
    return [(element["props_version"], element["props"]) for element in elements]


def test_a_newer_block_is_taken_place_by_place_after_looking(page: Page, stack: Stack) -> None:
    cell_app.send(page, f"/apps/{cell_app.APP}/draft/files/blocks/cell.2.json", cell_app.block(2), True)
    page.goto(f"/design/{cell_app.APP}")
    first = page.locator(f'[data-element="{cell_app.CELLS[0]}"]')
    first.click(timeout=PART_MS)
    page.get_by_role("button", name="Compare and update").click()
    review = page.get_by_role("dialog", name="Cell: update to version 2")
    rows = review.get_by_role("article")
    expect(rows).to_have_count(3, timeout=PART_MS)
    expect(review.get_by_text("Temperature below the speed")).to_be_visible()
    expect(review.get_by_text("parameter title removed")).to_be_visible(timeout=PART_MS)
    expect(rows.first.get_by_text("“Title” is gone; its value “Press 1” goes with it")).to_be_visible()
    # Beside each other, with the machine's own live values: one number now, two after.
    before, after = rows.first.get_by_role("figure").all()
    expect(before.locator("[data-type=value]")).to_have_count(1, timeout=PART_MS)
    expect(after.locator("[data-type=value]")).to_have_count(2)
    expect(after.locator("[data-type=value]").nth(1)).to_contain_text("°C", timeout=PART_MS)
    assert abs(box_of(before)["y"] - box_of(after)["y"]) < 2
    assert findings(page) == []
    other_values(review, stack)

    boxes = review.get_by_role("checkbox")
    expect(review.get_by_text("3 of 3 ticked")).to_be_visible()
    boxes.nth(1).focus()
    page.keyboard.press("Space")
    expect(review.get_by_text("2 of 3 ticked")).to_be_visible()
    review.get_by_role("button", name="Update the ticked ones (2)").click()
    expect(review).to_have_count(0)
    saved(page)
    assert cells(page) == [
        (2, {"machine": "press_1"}),
        (1, {"machine": "press_2", "title": "Press 2"}),
        (2, {"machine": "press_3"}),
    ]
    page.keyboard.press("Control+z")
    saved(page)
    assert [version for version, _ in cells(page)] == [1, 1, 1]

    # A version that is used, here by the release too, is never edited: the first change makes the next one.
    page.get_by_role("banner").get_by_role("combobox", name="Page").select_option(label="Overview")
    first.click()
    first.click(button="right")
    page.get_by_role("menuitem", name="Edit this block").click()
    expect(page.get_by_role("note").filter(has_text="version 2")).to_be_visible()
    inner = page.locator(f'[data-element="{cell_app.INNER}"]')
    inner.click()
    page.keyboard.press("Delete")
    saved(page)
    files = f"/api/v1/apps/{cell_app.APP}/draft/files/blocks"
    assert cell_app.INNER in page.request.get(f"{files}/cell.1.json").json()["elements"]
    assert cell_app.INNER not in page.request.get(f"{files}/cell.2.json").json()["elements"]


def other_values(review: Locator, stack: Stack) -> None:
    """Both versions of a place with recorded values, of one moment, with standing ones, and live again."""
    data = review.get_by_label("Data", exact=True)
    temperature = review.get_by_role("figure").nth(1).locator("[data-type=value]").nth(1)
    bar = review.locator("[data-travel=bar]")
    for chosen, bars in (("Replayed history", 1), ("Standing example", 0), ("Live", 0)):
        data.select_option(label=chosen)
        expect(bar).to_have_count(bars, timeout=PART_MS)
        expect(temperature).to_contain_text(re.compile(r"\d.*°C", re.S), timeout=PART_MS)
        if bars:
            recorded(bar, temperature, stack)
    assert findings(review.page) == []


def recorded(bar: Locator, temperature: Locator, stack: Stack) -> None:
    """What is shown was so at the moment the bar names, to the second, and stands."""
    time = datetime.fromisoformat(bar.locator("input[type=datetime-local]").input_value()).replace(tzinfo=UTC)
    moment = int(time.timestamp()) * 1_000_000
    rows = stack.client.raw(stack.client.tags()["press_1/temperature"]["id"])
    before = [v for ts, v, _ in rows if ts <= moment][-1:]
    held = [f"{v:.1f}" for v in before + [v for ts, v, _ in rows if moment < ts < moment + 1_000_000] if v is not None]
    assert held
    assert len(rows) > len(held) + 1  # it has changed since
    expect(temperature).to_contain_text(re.compile("|".join(re.escape(one) for one in held)), timeout=PART_MS)


def centre(locator: Locator) -> tuple[float, float]:
    box = box_of(locator)
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(page: Page, begin: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(begin[0] + 30, begin[1] + 30, steps=3)
    page.mouse.move(*end, steps=6)
    if drop:
        page.mouse.up()


def ways(page: Page) -> list[str]:
    """What is drawn of every pipe."""
    found: list[str] = page.eval_on_selector_all(
        "[data-type=pipe] svg", "all => all.map(one => one.querySelectorAll('path')[1].getAttribute('d'))"
    )
    return found


def test_pipes_are_drawn_joined_anew_and_follow(page: Page) -> None:
    page.goto(f"/design/{cell_app.APP}")
    expect(page.locator("[data-element]").first).to_be_visible(timeout=PART_MS)
    Builder(page).open_page("Drawing")
    pipes = page.locator("[data-type=pipe]")

    def joint(element: str, anchor: str) -> Locator:
        return page.locator(f'[data-joint="{element}/{anchor}"]')

    # With the tool on, from point to point; then by two taps. Near is near enough.
    page.get_by_role("button", name="Draw pipes").click(timeout=PART_MS)
    x, y = centre(joint(cell_app.VALVE, "in"))
    pull(page, centre(joint(cell_app.PUMP, "out")), (x - 7, y + 6))
    expect(pipes).to_have_count(1)
    joint(cell_app.VALVE, "out").click()
    joint(cell_app.TANK, "in").click()
    expect(pipes).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Draw pipes")).to_have_attribute("aria-pressed", "false")

    # From a selected symbol to where nothing is, then its free end to a symbol.
    page.locator(f'[data-element="{cell_app.TANK}"]').click()
    x, y = centre(joint(cell_app.TANK, "bottom"))
    pull(page, (x, y), (x - 160, y + 30))
    expect(pipes).to_have_count(3)
    expect(page.locator("[data-type=pipe] [data-state=open]")).to_have_count(1)
    end = centre(page.locator("[data-handle=end]").nth(1))
    pull(page, end, centre(page.locator(f'[data-element="{cell_app.BUTTON}"]')), drop=False)
    page.mouse.move(*centre(joint(cell_app.BUTTON, "right")), steps=4)
    page.mouse.up()
    expect(page.locator("[data-type=pipe] [data-state=open]")).to_have_count(0)

    # A symbol that is resized takes its pipes along before anything is stored.
    page.locator(f'[data-element="{cell_app.VALVE}"]').click()
    grip, before = centre(page.locator("[data-handle=se]")), ways(page)
    pull(page, grip, (grip[0] + 40, grip[1] + 40), drop=False)
    page.wait_for_function(
        "w => document.querySelectorAll('[data-type=pipe] path')[1].getAttribute('d') !== w", arg=before[0]
    )
    during = ways(page)
    page.mouse.up()
    expect(page.locator("header [data-state=saved]")).to_be_visible(timeout=SAVED_MS)
    assert ways(page) == during != before

    # Each was one step.
    page.keyboard.press("Control+z")
    assert ways(page) == before
    for count in (3, 2, 1, 0):
        page.keyboard.press("Control+z")
        expect(pipes).to_have_count(count)


TAP_TWICE = """([x, y]) => {
  for (let tap = 0; tap < 2; tap += 1) {
    const at = { clientX: x, clientY: y, bubbles: true, cancelable: true, detail: 1, pointerType: "touch" };
    const target = document.elementFromPoint(x, y);
    for (const kind of ["pointerdown", "pointerup"]) target.dispatchEvent(new PointerEvent(kind, at));
    target.dispatchEvent(new MouseEvent("click", at));
  }
}"""


def tap_twice(page: Page, x: float, y: float) -> None:
    """Two taps at once: real ones would come too far apart on a busy machine."""
    page.evaluate(TAP_TWICE, [x, y])


def test_a_drawing_on_a_phone_is_looked_at_closely_and_operated(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(base_url=stack.url, viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB")
    page = context.new_page()
    log_in(page, stack)
    page.goto(f"/app/{cell_app.APP}/drawing")
    page.get_by_role("button", name="Picture").tap(timeout=PART_MS)
    room = page.get_by_role("region", name="Drawing")
    fit = page.get_by_role("button", name="Fit to the screen")
    valve = page.locator(f'[data-element="{cell_app.VALVE}"]')
    button = page.locator(f'[data-element="{cell_app.BUTTON}"] button')

    # As wide as the screen, without scrolling sideways.
    expect(fit).to_be_disabled(timeout=PART_MS)
    assert room.evaluate("room => room.scrollWidth <= room.clientWidth")
    whole = box_of(valve)["width"]
    assert whole < 44

    # Two fingers: three times as large, and what was between them still is.
    x, y = box_of(valve)["x"] + whole / 2, box_of(valve)["y"] + box_of(valve)["height"] / 2
    cdp = context.new_cdp_session(page)
    drag(cdp, [(x - 20, y), (x + 20, y)], [(x - 60, y), (x + 60, y)])
    touch(cdp, "touchEnd", [])
    assert box_of(valve)["width"] == pytest.approx(3 * whole, rel=0.1)
    assert box_of(valve)["x"] + box_of(valve)["width"] / 2 == pytest.approx(x, abs=12)
    assert page.evaluate("visualViewport.scale") == 1
    # One finger moves it.
    left = room.evaluate("room => room.scrollLeft")
    drag(cdp, [(x, y + 80)], [(x - 90, y + 80)])
    touch(cdp, "touchEnd", [])
    page.wait_for_function("was => document.querySelector('section[data-zoom]').scrollLeft > was + 40", arg=left)
    # A tap while it still glides would only stop it.
    page.wait_for_timeout(GLIDE_MS)
    fit.tap()
    expect(fit).to_be_disabled()
    assert box_of(valve)["width"] == pytest.approx(whole, rel=0.02)

    # A button that is too small for a finger comes closer first, also when it is tapped twice, and works then.
    assert box_of(button)["height"] < 44
    tap_twice(page, *centre(button))
    expect(page.get_by_text("press again to use it")).to_be_visible()
    assert box_of(button)["height"] >= 44
    expect(page.get_by_text(cell_app.PRESSED)).to_have_count(0)
    page.wait_for_timeout(TWICE_MS)
    button.tap()
    expect(page.get_by_text(cell_app.PRESSED)).to_be_visible(timeout=PART_MS)

    # Two taps where nothing can be pressed show the whole again, two more come close.
    x, y = centre(room)
    tap_twice(page, x, y - 150)
    expect(fit).to_be_disabled()
    tap_twice(page, x, y - 150)
    expect(fit).to_be_enabled()
    context.close()
