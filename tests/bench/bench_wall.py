"""A screen on the wall that nobody touches: whether its heap, its nodes and its listeners grow. Everything is real."""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

from tests.bench.browser_probe import Probe, chromium, load
from tests.bench.row import Row
from tests.e2e.test_first_app import SPEED, set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

WALL_S = float(os.environ.get("INTERLOCK_BENCH_WALL_S", "720"))
SAMPLES = 25
#: The first samples see code that is compiled, charts that fill and caches that grow to their bound.
WARM_SHARE = 0.2


def slope_per_h(times_s: list[float], figures: list[float]) -> float:
    """Growth per hour, by least squares."""
    return statistics.linear_regression(times_s, figures).slope * 3600


def run() -> list[Row]:
    """The rows of this bench."""
    with tempfile.TemporaryDirectory() as folder, chromium(1920, 1080) as page:
        processes = Processes(Path(folder))
        stack = Stack(processes, Path(folder) / "data")
        try:
            stack.wait_part("agent")
            set_up(page, stack)
            page.goto(f"{stack.url}/app/line_overview?kiosk=1")
            page.wait_for_function(
                "selector => /[0-9]/.test(document.querySelector(selector)?.innerText ?? '')", arg=SPEED, timeout=60_000
            )
            probe = Probe(page)
            times_s, heap_mb, nodes, listeners = [], [], [], []
            for turn in range(SAMPLES):
                page.wait_for_timeout(WALL_S / SAMPLES * 1000)
                heap_mb.append(probe.heap_mb())
                times_s.append(page.evaluate("performance.now()") / 1000)
                nodes.append(probe.metric("Nodes"))
                listeners.append(probe.metric("JSEventListeners"))
                if os.environ.get("INTERLOCK_BENCH_SHOT") and turn == 0:
                    page.screenshot(path=os.environ["INTERLOCK_BENCH_SHOT"])
        finally:
            stack.close()
            processes.close()
    warm = int(WARM_SHARE * SAMPLES)
    name = f"Wall screen (line_overview, kiosk), {WALL_S / 60:.0f} min"
    method = f"{SAMPLES} times collected, the first {warm} left out; least squares; real platform; {load()}"
    return [
        Row(
            f"{name}: heap at its end", heap_mb[-1], "MB", "", "", f"least {min(heap_mb):.2f}, most {max(heap_mb):.2f}"
        ),
        Row(f"{name}: heap growth", slope_per_h(times_s[warm:], heap_mb[warm:]), "MB/h", "", "", method),
        Row(f"{name}: DOM nodes, first · last", f"{nodes[warm]:.0f} · {nodes[-1]:.0f}", "", "", "", "collected"),
        Row(
            f"{name}: listeners, first · last", f"{listeners[warm]:.0f} · {listeners[-1]:.0f}", "", "", "", "collected"
        ),
    ]
