"""From one page of an open app to another: how long until it stands there with its values. Everything is real."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.bench.bench_designer import TIMER, TIMES
from tests.bench.browser_probe import chromium, load
from tests.bench.row import Row
from tests.e2e.test_first_app import SPEED, set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

APP, PAGES = "line_overview", ("press", "overview")

#: The other page's address, as many elements as it has, and a number in every tile of one value.
SHOWN = """(page) => {
  const before = new Set([...document.querySelectorAll("[data-element]")].map((one) => one.dataset.element));
  const shown = () => {
    const now = [...document.querySelectorAll("[data-element]")];
    const tiles = now.filter((one) => one.dataset.type === "value");
    const other = now.length > 3 && !now.some((one) => before.has(one.dataset.element));
    return location.pathname.endsWith(`/${page}`) && other
      && tiles.length > 0 && tiles.every((one) => /[0-9]/.test(one.innerText));
  };
  window.going = timer.from("pointerup", shown);
}"""


def run() -> list[Row]:
    """The rows of this bench."""
    with tempfile.TemporaryDirectory() as folder, chromium(script=TIMER) as page:
        processes = Processes(Path(folder))
        stack = Stack(processes, Path(folder) / "data")
        try:
            stack.wait_part("agent")
            set_up(page, stack)
            page.goto(f"{stack.url}/app/{APP}")
            page.wait_for_function(
                "selector => /[0-9]/.test(document.querySelector(selector)?.innerText ?? '')", arg=SPEED, timeout=60_000
            )
            page.wait_for_timeout(4000)
            for turn in range(TIMES + 2):
                to = PAGES[turn % 2]
                page.evaluate(SHOWN, to)
                page.locator(f'nav a[href^="/app/{APP}/{to}"]').first.click()
                page.evaluate("window.going")
                page.wait_for_timeout(400)
            times: list[float] = page.evaluate("timer.times")
        finally:
            stack.close()
            processes.close()
    warm = sorted(times[2:])
    figure = f"{statistics.median(warm):.0f} · {warm[int(0.95 * len(warm))]:.0f}"
    method = f"press released → every value painted; {len(warm)} times; real platform; 1440×900; {load()}"
    return [Row("Another page of the open app, warm, p50 · p95", figure, "ms", "< 300 ms", "", method)]
