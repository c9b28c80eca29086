"""A person writes to a real device from a page, is told in their language why not, and pulls the kill switch."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_first_app import PASSWORD
from tests.integration.test_write_to_device import Way
from tests.support.processes import ROOT, Processes
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
PRESSURE = {
    "name": "pressure_setpoint", "address": "holding:1", "type": "uint16", "unit": "bar",
    "asset": "press_1", "asset_type": "press", "role": "pressure_setpoint",
    "write": {"values": [140, 160, 180], "roles": ["operator", "admin"]},
}  # fmt: skip
CRITICAL = [
    {
        "name": asset, "address": f"holding:{address}", "type": "uint16", "unit": "bar",
        "asset": asset, "asset_type": "press", "role": "pressure_setpoint",
        "write": {"min": 0, "max": 900, "roles": ["operator", "admin"], "approval": approval},
    }
    for asset, address, approval in (("press_2", 2, "password"), ("press_3", 3, "second_person"))
]  # fmt: skip


def element(kind: str, role: str, asset: str = "press_1", **props: Any) -> dict[str, Any]:
    name = "command" if kind == "button" else "target"
    bound = {"source": "tag", "asset": asset, "role": role}
    return {"type": kind, "props_version": 1, "props": props, "bind": {f"/{name}": bound}}


ELEMENTS = {
    "el_aaaaaaaa": element("setpoint", "speed_setpoint"),
    "el_bbbbbbbb": element(
        "switch", "pressure_setpoint", on_value=160, off_value=140, on_label={"en": "High"}, off_label={"en": "Low"}
    ),
    "el_cccccccc": element("button", "pressure_setpoint", label={"en": "Full pressure"}, value=180),
    "el_dddddddd": element("setpoint", "pressure_setpoint", "press_2"),
    "el_eeeeeeee": element("setpoint", "pressure_setpoint", "press_3"),
}
FILES: dict[str, Any] = {
    "app.json": {"format": 1, "id": "speed", "version": "1.0.0", "name": {"en": "Speed"}, "home": "main",
                 "roles": [{"role": "speed_setpoint"}, {"role": "pressure_setpoint"}]},
    "pages/main.json": {
        "format": 1, "id": "main", "title": {"en": "Main"}, "elements": ELEMENTS,
        "layout": {"lg": {"kind": "grid", "items": {
            name: {"x": 4 * (n % 3), "y": 4 * (n // 3), "w": 4, "h": 4} for n, name in enumerate(ELEMENTS)}}},
    },
}  # fmt: skip


class Device(threading.Thread):
    """A Modbus device with a thread and a loop of its own; `frames` are the writes it got."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.frames: list[tuple[int, list[int]]] = []
        self.port = 0
        self._ready = threading.Event()
        self.start()
        assert self._ready.wait(10)

    def run(self) -> None:
        asyncio.run(self._serve())  # which also ends what the server left

    async def _serve(self) -> None:
        def on_write(address: int, words: Sequence[int]) -> bool:
            self.frames.append((address, list(words)))
            return True

        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        unit = RegisterUnit(1, [(0, 10)], on_write=on_write)
        async with ModbusPeer([unit]) as peer:
            unit.put(0, [100, 140, 5, 50])
            self.port = peer.port
            self._ready.set()
            await self._end.wait()
            await asyncio.sleep(0.1)  # what was asked last is still answered

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self.join(10)


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.close()


@pytest.fixture
def way(tmp_path: Path, processes: Processes, device: Device) -> Way:
    made = Way(tmp_path, processes, device.port, [PRESSURE, *CRITICAL], FILES)
    for name, role in (("anna", "admin"), ("otto", "operator"), ("vera", "viewer")):
        line = [sys.executable, "-m", "platform_core", "user", "add", name, "--role", role, "--password-stdin"]
        subprocess.run(
            [*line, "--data", str(made.data)], input=PASSWORD + "\n", text=True, check=True, cwd=ROOT, timeout=60
        )
    made.switch.turn_on("tester")
    return made


def signed_in(browser: Browser, way: Way, name: str, path: str, locale: str = "en-GB") -> Page:
    context = browser.new_context(base_url=way.url, viewport=DESKTOP, locale=locale, reduced_motion="reduce")
    page = context.new_page()
    page.goto(path)
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    return page


def block(page: Page, name: str) -> Locator:
    return page.locator(f'[data-element="{name}"]')


def ask_for(page: Page, value: str, element_id: str = "el_aaaaaaaa") -> Locator:
    place = block(page, element_id)
    place.get_by_role("textbox").or_(place.get_by_role("spinbutton")).first.fill(value)
    place.get_by_role("textbox").or_(place.get_by_role("spinbutton")).first.press("Enter")
    return page.get_by_role("dialog")


def set_speed(page: Page, value: str, confirm: str = "Write") -> None:
    ask_for(page, value)
    page.get_by_role("dialog").get_by_role("button", name=confirm, exact=True).click()


def test_set_point_switch_and_button_reach_the_device(browser: Browser, way: Way, device: Device) -> None:
    page = signed_in(browser, way, "otto", "/app/speed/main")
    expect(block(page, "el_aaaaaaaa")).to_contain_text("10", timeout=PART_MS)
    set_speed(page, "33.5")
    expect(page.get_by_text(re.compile("Written: .*33.5"))).to_be_visible(timeout=PART_MS)
    high = block(page, "el_bbbbbbbb").get_by_role("button", name="High")
    high.click()
    page.get_by_role("dialog").get_by_role("button", name="Write", exact=True).click()
    expect(high).to_have_attribute("aria-pressed", "true", timeout=PART_MS)  # so says the machine
    block(page, "el_cccccccc").get_by_role("button", name="Full pressure").click()
    page.get_by_role("dialog").get_by_role("button", name="Write", exact=True).click()
    expect(page.get_by_text(re.compile("Written: .*180"))).to_be_visible(timeout=PART_MS)
    assert device.frames == [(0, [335]), (1, [160]), (1, [180])]
    # What only the agent judges: 0 is further from 33.5 than 30.
    set_speed(page, "0")
    expect(page.get_by_text(re.compile("may change by 30 at once")).first).to_be_visible(timeout=PART_MS)
    assert len(device.frames) == 3
    page.context.close()
    chinese = signed_in(browser, way, "otto", "/app/speed/main", "zh-CN")
    expect(block(chinese, "el_aaaaaaaa")).to_contain_text("33.5", timeout=PART_MS)
    way.switch.turn_off("tester")
    set_speed(chinese, "30", "写入")
    expect(chinese.get_by_text("现场机器上尚未允许写入。").first).to_be_visible(timeout=PART_MS)
    assert len(device.frames) == 3
    chinese.context.close()


def test_a_critical_write_wants_a_password_or_a_second_person(browser: Browser, way: Way, device: Device) -> None:
    page = signed_in(browser, way, "otto", "/app/speed/main")
    expect(block(page, "el_dddddddd")).to_contain_text("5", timeout=PART_MS)
    survey = Survey(page)
    dialog = ask_for(page, "7", "el_dddddddd")
    survey.look("one's own password")
    write = dialog.get_by_role("button", name="Write", exact=True)
    expect(dialog.get_by_label("Password")).to_be_visible(timeout=PART_MS)
    expect(write).to_have_count(0)  # without it there is nothing to confirm
    dialog.get_by_label("Password").fill("not this one")
    write.click()
    place = block(page, "el_dddddddd")
    expect(place.get_by_role("status")).to_contain_text("Name or password is wrong.", timeout=PART_MS)
    assert device.frames == []
    dialog = ask_for(page, "7", "el_dddddddd")
    dialog.get_by_label("Password").fill(PASSWORD)
    write.click()
    expect(page.get_by_text(re.compile("Written: .*7")).first).to_be_visible(timeout=PART_MS)
    assert device.frames == [(2, [7])]
    page.context.close()

    chinese = signed_in(browser, way, "otto", "/app/speed/main", "zh-CN")
    expect(block(chinese, "el_eeeeeeee")).to_contain_text("50", timeout=PART_MS)
    for name in ("otto", "vera"):  # oneself is no second person, and a viewer may not write
        dialog = ask_for(chinese, "70", "el_eeeeeeee")
        dialog.get_by_label("姓名").fill(name)
        dialog.get_by_label("密码").fill(PASSWORD)
        dialog.get_by_role("button", name="写入", exact=True).click()
        expect(dialog).to_have_count(0, timeout=PART_MS)
        place = block(chinese, "el_eeeeeeee")
        expect(place.get_by_role("status")).to_contain_text("此次写入需要合适人员的密码", timeout=PART_MS)
        assert len(device.frames) == 1, name
    dialog = ask_for(chinese, "70", "el_eeeeeeee")
    dialog.get_by_label("姓名").fill("anna")
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="写入", exact=True).click()
    expect(chinese.get_by_text(re.compile("70")).first).to_be_visible(timeout=PART_MS)
    wait_until(lambda: device.frames == [(2, [7]), (3, [70])], timeout_s=20, what="the second write")
    ends = [row for row in way.audit() if row["outcome"] == "done"]
    assert "anna" in str(ends[0]), "who vouched is in the audit"
    assert survey.report() == ""
    chinese.context.close()


def test_the_kill_switch_is_pulled_and_put_back(browser: Browser, way: Way, device: Device) -> None:
    page = signed_in(browser, way, "otto", "/health")
    area = page.get_by_role("region", name="Writing to devices")
    area.get_by_label(re.compile("^Why")).fill("Somebody works at press 1", timeout=PART_MS)
    area.get_by_role("button", name="Stop all writes").click()
    expect(area.get_by_role("status")).to_contain_text("Stopped by otto", timeout=PART_MS)
    expect(area.get_by_role("status")).to_contain_text("Somebody works at press 1")
    expect(area.get_by_text("An administrator lets them go on.")).to_be_visible()
    survey = Survey(page)
    survey.look("writes stopped")
    page.goto("/app/speed/main")
    expect(block(page, "el_aaaaaaaa")).to_contain_text("10", timeout=PART_MS)
    place = block(page, "el_aaaaaaaa").get_by_role("textbox").or_(page.get_by_role("spinbutton")).first
    place.fill("20")
    place.press("Enter")
    expect(page.get_by_text(re.compile("stopped on this platform by otto")).first).to_be_visible(timeout=PART_MS)
    page.context.close()

    admin = signed_in(browser, way, "anna", "/health")
    area = admin.get_by_role("region", name="Writing to devices")
    expect(area.get_by_role("status")).to_contain_text("Stopped by otto", timeout=PART_MS)
    area.get_by_role("button", name="Let writes go on").click()
    sure = area.get_by_role("alertdialog")
    expect(sure.get_by_role("button", name="Cancel")).to_be_focused()
    admin.keyboard.press("Escape")
    expect(area.get_by_role("button", name="Let writes go on")).to_be_focused()
    admin.keyboard.press("Enter")
    sure.get_by_role("button", name="Let writes go on").click()
    expect(area.get_by_role("status")).to_contain_text("Allowed", timeout=PART_MS)
    admin.goto("/app/speed/main")
    expect(block(admin, "el_aaaaaaaa")).to_contain_text("10", timeout=PART_MS)
    set_speed(admin, "20")
    expect(admin.get_by_text(re.compile("Written: .*20"))).to_be_visible(timeout=PART_MS)
    assert device.frames == [(0, [200])]
    admin.context.close()
    assert survey.report() == ""
