"""An app that runs: many tags, many tiles, many trends. Real page and socket, a fake platform behind them."""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.bench.browser_probe import FRAMES_SCRIPT, WEB, Probe, chromium, load
from tests.bench.fake_platform import plan_of
from tests.bench.row import Row
from tests.support.processes import Processes, free_port

#: Seconds of a window; a smaller one is for a try.
WINDOW_S = float(os.environ.get("INTERLOCK_BENCH_WINDOW_S", "20"))
HEAP_S = float(os.environ.get("INTERLOCK_BENCH_HEAP_S", "180"))
SETTLE_S = 6
TAGS, ELEMENTS, SINGLE, VARS = 5000, 300, 148, 32
SIMPLE = ("value", "bar", "gauge", "state_tile")


def tag_bound(number: int, source: str = "tag") -> dict[str, Any]:
    """A binding to a tag by its role."""
    return {"source": source, "asset": "plant", "role": f"r{number}"}


def element(kind: str, bind: dict[str, Any]) -> dict[str, Any]:
    """An element of a kind."""
    return {"type": kind, "props_version": 1, "props": {}, "bind": bind}


def canvas(elements: list[dict[str, Any]], columns: int, w: int, h: int) -> dict[str, Any]:
    """A page whose elements all lie side by side on a free canvas, scaled to the screen: all of them are visible."""
    named = {f"el_{index:04}": one for index, one in enumerate(elements)}
    items = {
        name: {"x": index % columns * w, "y": index // columns * h, "w": w - 8, "h": h - 8}
        for index, name in enumerate(named)
    }
    rows = -(-len(elements) // columns)
    area = {"kind": "free", "width": columns * w, "height": rows * h, "items": items}
    return page_of(named, area)


def page_of(elements: dict[str, Any], area: dict[str, Any], name: str = "main") -> dict[str, Any]:
    """A page."""
    return {"format": 1, "id": name, "title": {"en": name}, "elements": elements, "layout": {"lg": area}}


def many_tags(by_machine: bool = False) -> Any:
    """148 elements of one tag and 152 formulas over up to 32 tags: 5,000 tags, each once a second, 300 elements.

    A frame has 500 of them: those of ten machines that were read together (as an agent sends them: what a formula
    reads of one machine comes at once), or every tenth, so that each formula is new in every frame.
    """
    elements = [element(SIMPLE[n % len(SIMPLE)], {"/value": tag_bound(n + 1)}) for n in range(SINGLE)]
    for first in range(SINGLE + 1, TAGS + 1, VARS):
        names = {f"v{n}": tag_bound(n) for n in range(first, min(first + VARS, TAGS + 1))}
        formula = {"source": "expression", "text": f"({' + '.join(names)}) / {len(names)}", "vars": names}
        elements.append(element("value", {"/value": formula}))
    assert len(elements) == ELEMENTS

    # As the platform sends them: at most one frame each 100 ms, every tag in one of ten.
    def part_of(n: int) -> int:
        return (n - 1) * 10 // TAGS if by_machine else n % 10

    messages = [[n for n in range(1, TAGS + 1) if part_of(n) == part] for part in range(10)]
    plan = plan_of(TAGS, {"main": canvas(elements, 20, 150, 120)}, messages, 0.1)
    return {**plan, "states": [n + 1 for n in range(SINGLE) if SIMPLE[n % len(SIMPLE)] == "state_tile"]}


def tiles() -> Any:
    """500 value tiles, all visible, all new each 200 ms."""
    elements = [element("value", {"/value": tag_bound(n + 1)}) for n in range(500)]
    return plan_of(500, {"main": canvas(elements, 25, 150, 100)}, [list(range(1, 501))], 0.2)


def trends() -> Any:
    """20 trends of one series, 10,000 points each, one more each second."""
    named = {f"el_{n:04}": element("trend", {"/series/0": tag_bound(n + 1, "history")}) for n in range(20)}
    items = {f"el_{n:04}": {"x": n % 4 * 3, "y": n // 4 * 4, "w": 3, "h": 4} for n in range(20)}
    page = page_of(named, {"kind": "grid", "items": items})
    return plan_of(20, {"main": page}, [list(range(1, 21))], 1.0, points=10_000)


#: Nothing but 500 numbers, written into their places 5 times a second: what the browser itself takes for it here.
BARE = """<style>.t{position:absolute;width:70px;height:48px;border:1px solid #ccc;border-radius:8px;overflow:hidden}
.n{font:600 14px sans-serif}.u{font:9px sans-serif}</style><script>
const texts = Array.from({ length: 500 }, (_, n) => {
  const tile = document.createElement("div");
  tile.className = "t";
  tile.style.left = `${(n % 25) * 76}px`;
  tile.style.top = `${Math.floor(n / 25) * 52}px`;
  tile.innerHTML = `<div class=u>line/v${n}</div><span class=n>0.00</span> <span class=u>bar</span>`;
  document.documentElement.append(tile);
  return tile.querySelector(".n").firstChild;
});
const draw = () => texts.forEach((text, n) => { text.data = (5 + 4 * Math.sin(Date.now() / 1400 + n)).toFixed(2); });
setInterval(() => requestAnimationFrame(draw), 200);
</script>"""


@contextmanager
def opened(plan: Any, width: int = 1920, height: int = 1080) -> Iterator[tuple[Page, Probe]]:
    """The page of a plan, live and settled."""
    with tempfile.TemporaryDirectory() as folder, chromium(width, height, FRAMES_SCRIPT) as page:
        processes = Processes(Path(folder))
        try:
            (Path(folder) / "plan.json").write_text(json.dumps(plan), "utf-8")
            port = free_port()
            options: list[str | Path] = ["--port", str(port), "--plan", Path(folder) / "plan.json", "--web", WEB]
            processes.module("tests.bench.fake_platform", *options).wait_port(port, 20)
            page.goto(f"http://127.0.0.1:{port}/app/bench")
            count = len(plan["pages"]["main"]["elements"])
            page.wait_for_function("n => document.querySelectorAll('[data-element]').length >= n", arg=count)
            page.wait_for_timeout(SETTLE_S * 1000)
            if shot := os.environ.get("INTERLOCK_BENCH_SHOT"):
                page.screenshot(path=shot)
            yield page, Probe(page)
        finally:
            processes.close()


def _many() -> list[Row]:
    with opened(many_tags()) as (page, probe):
        before = probe.heap_mb()
        page.evaluate("probe.sent.length = probe.painted.length = 0")
        share = probe.main_thread(WINDOW_S)
        sent, painted = page.evaluate("[probe.sent, probe.painted]")
        page.wait_for_timeout(max(0.0, HEAP_S - WINDOW_S) * 1000)
        growth = probe.heap_mb() - before
        name = "5,000 tags at 1 Hz, 300 visible elements (148 of one tag, 152 formulas over 32)"
        method = f"{len(sent)} frames of 500 values; fake platform, real socket; 1920×1080; {load()}"
        p95 = sorted(sent)[int(0.95 * len(sent))] / 1000
        return [
            Row(
                f"{name}: frame arrived → painted, p50", statistics.median(painted) / 1000, "ms", "< 100 ms", "", method
            ),
            Row(
                f"{name}: frame sent → painted, p50 · p95",
                f"{statistics.median(sent) / 1000:.0f} · {p95:.0f}",
                "ms",
                "",
            ),
            Row(f"{name}: main thread", share, "%", "", "", f"CPU time over {WINDOW_S:.0f} s"),
            Row(f"{name}: heap", before, "MB", "", "FUXA 15.6, Node-RED 13.0, for a page of few values", "collected"),
            Row(f"{name}: heap growth in {HEAP_S:.0f} s", growth, "MB", "", "", "collected before and after"),
        ]


def _slow() -> list[Row]:
    """The same page on a processor slowed four times, as of an old phone (R18 of the designer's requirements)."""
    rows = []
    for by_machine in (True, False):
        with opened(many_tags(by_machine)) as (page, probe):
            probe.cdp.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.wait_for_timeout(SETTLE_S * 1000)
            page.evaluate("probe.sent.length = probe.painted.length = 0")
            share = probe.main_thread(WINDOW_S)
            painted = page.evaluate("probe.painted")
        frames = "a frame = ten machines" if by_machine else "a frame = every tenth tag"
        name = f"5,000 tags at 1 Hz, 300 visible elements, processor slowed × 4, {frames}"
        method = f"{len(painted)} frames of 500 values; 1920×1080; {load()}"
        rows += [
            Row(
                f"{name}: frame arrived → painted, p50", statistics.median(painted) / 1000, "ms", "< 100 ms", "", method
            ),
            Row(f"{name}: main thread", share, "%", "< 30 %", "", f"CPU time over {WINDOW_S:.0f} s"),
        ]
    return rows


def _share(plan: Any, name: str, budget: str, peer: str, method: str) -> list[Row]:
    """The share of the main thread, and what one update costs: a busy machine draws fewer of them than were sent."""
    with opened(plan) as (page, probe):
        page.evaluate("() => { probe.paints = 0; }")
        share = probe.main_thread(WINDOW_S)
        paints = max(1, page.evaluate("probe.paints"))
    rate = 1 / plan["pause_s"]
    drawn = f"{paints} updates drawn of {WINDOW_S * rate:.0f} sent; {load()}"
    whole = share * max(1.0, WINDOW_S * rate / paints)
    return [
        Row(name, share, "% of the main thread", budget, peer, f"{method}; {drawn}"),
        Row(
            f"{name}: had every update been drawn", whole, "% of the main thread", budget, "", "CPU time of one × rate"
        ),
    ]


def _tiles() -> list[Row]:
    """500 tiles, and the same machine's figure for bare numbers, taken right after: both drift by a third."""
    spike = "bare DOM 16.9; React, one store for each tile 17.7; React, one state above 63.8"
    how = f"CPU time over {WINDOW_S:.0f} s; fake platform, real socket; 1920×1080"
    rows = _share(tiles(), "500 value tiles at 5 Hz, all visible", "≤ 20 %", spike, how)
    with chromium(1920, 1080) as page:
        page.set_content(BARE)
        page.wait_for_timeout(1000)
        bare = Probe(page).main_thread(WINDOW_S)
    name = "500 bare text nodes at 5 Hz, no scale, no state, no socket"
    return [*rows, Row(name, bare, "% of the main thread", "", "", f"for comparison, right after; {load()}")]


def run() -> list[Row]:
    """The rows of this bench."""
    charts = "bare canvas 3.7; uPlot 5.1; ECharts 34.9"
    how = f"CPU time over {WINDOW_S:.0f} s; fake platform, real socket; 1920×1080"
    jobs: dict[str, Callable[[], list[Row]]] = {
        "tags": _many,
        "slow": _slow,
        "tiles": _tiles,
        "trends": lambda: _share(
            trends(), "20 trends × 10,000 points at 1 Hz", "≤ 8 %", charts, f"{how}, 12 of 20 in sight"
        ),
    }
    only = os.environ.get("INTERLOCK_BENCH_ONLY")
    return [row for name, job in jobs.items() if only in (None, name) for row in job()]


if __name__ == "__main__":
    sys.exit("Run it with `python -m tests.bench runtime`.")
