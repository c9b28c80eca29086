"""What a person waits for: size of the first load, start of everything, a change at the device on the screen."""

from __future__ import annotations

import gzip
import re
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.row import Row
from tests.e2e.conftest import FLAGS, browser_path
from tests.e2e.test_first_app import PASSWORD, SPEED
from tests.support.plant_rig import PlantRig
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack
from tests.support.waiting import wait_until

WEB = ROOT / "platform_core" / "web"
CHANGES = 40


def initial_kb() -> float:
    """Scripts and styles the page loads before anything is shown, gzip, kB."""
    text = (WEB / "index.html").read_text("utf-8")
    files = set(re.findall(r'(?:src|href)="/?([^"]+\.(?:js|css))"', text))
    return sum(len(gzip.compress((WEB / name).read_bytes(), 9)) for name in files) / 1000


def _sign_in(page: Page, url: str) -> None:
    page.goto(url)
    page.fill("input[name=username]", "anna")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile(r"/$|/app/|/home"), timeout=15_000)


def _start() -> tuple[float, float]:
    """Second start of `interlock up` in a folder that was set up: s until a live value; s of the page alone."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        processes = Processes(Path(folder))
        try:
            first = Stack(processes, Path(folder) / "data")
            first.wait_part("agent")
            page.goto(first.setup_url())
            page.fill("input[name=username]", "anna")
            page.fill("input[name=password]", PASSWORD)
            page.fill("input[name=password_again]", PASSWORD)
            page.click("button[type=submit]")
            page.get_by_text("Line overview").first.wait_for(timeout=15_000)
            first.close()
            start = time.monotonic()
            second = Stack(processes, Path(folder) / "data", name="second")
            page.goto("about:blank")
            wait_until(lambda: _opens(page, second.url), timeout_s=60, what="the page")
            if page.locator("input[name=password]").count():
                _sign_in(page, second.url)
            page.goto(f"{second.url}/app/line_overview")
            page.wait_for_function(_LIVE, arg=SPEED, timeout=60_000)
            everything = time.monotonic() - start
            loaded = time.monotonic()
            page.reload()
            page.wait_for_function(_LIVE, arg=SPEED, timeout=60_000)
            alone = time.monotonic() - loaded
            second.close()
        finally:
            processes.close()
            browser.close()
        return everything, alone


_LIVE = """selector => {
  const tile = document.querySelector(selector);
  return tile !== null && /[0-9]/.test(tile.innerText)
    && tile.querySelector("[data-level=stale], [data-level=offline], [data-level=bad], [data-level=no_link]") === null;
}"""

_WATCH = """name => {
  window.seen = {};
  const look = () => {
    for (const row of document.querySelectorAll("[data-key], li, tr, [role=row], [role=listitem]")) {
      if (!row.innerText || !row.innerText.includes(name)) continue;
      const numbers = row.innerText.replace(/,/g, "").match(/\\b\\d+\\b/g) || [];
      for (const n of numbers) if (!(n in window.seen)) window.seen[n] = performance.timeOrigin + performance.now();
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def _opens(page: Page, url: str) -> bool:
    try:
        return page.goto(url) is not None
    except Exception:  # noqa: BLE001 - the server is not there yet, in one of many ways
        return False


def _pixel() -> list[float]:
    """Milliseconds from a change in the device to the frame that shows it; poll period 250 ms."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        rig = PlantRig(Path(folder), tags=4, period_ms=1000, sequence=False)
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        try:
            plan = rig.folder / "plant.yaml"
            plan.write_text(re.sub(r"scan_ms: \d+", "scan_ms: 250", plan.read_text("utf-8")), "utf-8")
            rig.platform()
            rig.agent()
            link_file = rig.platform_data / "setup-link.txt"
            wait_until(link_file.is_file, timeout_s=20, what="the set-up link")
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(link_file.read_text("utf-8").strip())
            page.fill("input[name=username]", "anna")
            page.fill("input[name=password]", PASSWORD)
            page.fill("input[name=password_again]", PASSWORD)
            page.click("button[type=submit]")
            page.wait_for_timeout(1500)
            page.goto(f"http://127.0.0.1:{rig.port}/explore")
            page.get_by_text("dev_0000/tick").first.wait_for(timeout=20_000)
            page.evaluate(_WATCH, "dev_0000/tick")
            page.wait_for_timeout((CHANGES + 3) * 1000)
            seen: dict[str, float] = page.evaluate("window.seen")
            status = rig.device.wait_ready()
        finally:
            browser.close()
            rig.close()
    began_ms, period_ms = status["started_us"] / 1000, status["period_s"] * 1000
    late = [at - (began_ms + (int(tick) - 1) * period_ms) for tick, at in seen.items()]
    return sorted(ms for ms in late if 0 <= ms < 5000)[:CHANGES]


def run() -> list[Row]:
    """The rows of this bench."""
    late = _pixel()
    everything, alone = _start()
    p95 = late[min(len(late) - 1, int(0.95 * len(late)))]
    return [
        Row("App runtime: initial JS + CSS, gzip", initial_kb(), "kB", "≤ 200 kB", "FUXA 9.4 MB; Node-RED 5.6 MB", ""),
        Row("Installed `interlock up` → first live value in the app", everything, "s", "≤ 10 s", "", "second start"),
        Row("App opened → first live value, loopback", alone, "s", "≤ 1 s", "FUXA 2.0; Node-RED 1.3", "reload"),
        Row("Change at the PLC → pixel, poll 250 ms, p95", p95, "ms", "≤ 500 ms", "", f"{len(late)} changes"),
        Row("Change at the PLC → pixel, poll 250 ms, p50", statistics.median(late), "ms", "", "", ""),
    ]
