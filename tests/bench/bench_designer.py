"""The designer with 500 elements and live data: selecting, editing, dragging. Platform and line are real."""

from __future__ import annotations

import itertools
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.bench.browser_probe import Probe, chromium, load
from tests.bench.row import Row
from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

ELEMENTS = 500
TIMES = int(os.environ.get("INTERLOCK_BENCH_TIMES", "30"))
DRAG_S = 4.0
#: Kinds of simple blocks, with width and height on the grid.
KINDS = (("value", 2, 2), ("gauge", 2, 4), ("bar", 2, 3), ("tank", 2, 5), ("state_tile", 2, 2))
ROLES = ("speed", "temperature", "force", "state", "energy")

#: Times from an event of the input device (its own time stamp) to the end of the paint that shows `shown()`.
TIMER = """(() => {
  window.timer = { times: [] };
  const channel = new MessageChannel();
  let began = 0;
  channel.port1.onmessage = () => { timer.times.push(performance.now() - began); timer.done(); };
  timer.from = (type, shown) => new Promise((resolve) => {
    timer.done = resolve;
    addEventListener(type, (event) => {
      began = event.timeStamp;
      const look = () => {
        if (shown()) channel.port2.postMessage(0);
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
  timer.frames = () => {
    const at = [];
    let go = true;
    const tick = (now) => { at.push(now); if (go) requestAnimationFrame(tick); };
    requestAnimationFrame(tick);
    return () => { go = false; return at; };
  };
})()"""

PUT = """async ({ app, elements, items }) => {
  const csrf = /interlock[_-]csrf=([^;]*)/i.exec(document.cookie)[1];
  const ask = async (method, path, body, headers = {}) => {
    const sent = { "Content-Type": "application/json", "X-Interlock-CSRF": decodeURIComponent(csrf), ...headers };
    const response = await fetch(`/api/v1/apps${path}`, { method, headers: sent, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return response;
  };
  await ask("POST", "", { id: app, name: { en: "Bench" } });
  const files = await (await ask("GET", `/${app}/draft/files`)).json();
  const { path } = files.find((file) => file.path.startsWith("pages/"));
  const old = await ask("GET", `/${app}/draft/files/${path}`);
  const page = { ...(await old.json()), elements, layout: { lg: { kind: "grid", items } } };
  await ask("PUT", `/${app}/draft/files/${path}`, page, { "If-Match": old.headers.get("ETag") });
}"""


def content(roles: dict[str, list[str]]) -> dict[str, Any]:
    """Elements in rows of six, each bound to a role of a machine; the machines are taken in turn."""
    assets = sorted(roles)
    elements: dict[str, Any] = {}
    items: dict[str, Any] = {}
    for number in range(ELEMENTS):
        row, column = divmod(number, 6)
        kind, w, h = KINDS[row % len(KINDS)]
        asset = assets[number % len(assets)]
        role = roles[asset][number % len(roles[asset])]
        bound = {"source": "tag", "asset": asset, "role": role}
        title = {"en": f"Element {number}"}
        one = {"type": kind, "props_version": 1, "props": {"title": title}, "bind": {"/value": bound}}
        elements[f"el_{number:04}"] = one
        top = row // len(KINDS) * sum(height for _, _, height in KINDS)
        top += sum(height for _, _, height in KINDS[: row % len(KINDS)])
        items[f"el_{number:04}"] = {"x": column * 2, "y": top, "w": w, "h": h}
    return {"app": "bench", "elements": elements, "items": items}


def _roles(stack: Stack) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    answer = stack.client.call("GET", "/roles")
    for row in answer if isinstance(answer, list) else answer["roles"]:
        found.setdefault(row["asset"], []).append(row["role"])
    return found


def _visible(page: Page) -> list[str]:
    """Elements in the middle of the canvas, so that a press meets them and nothing else."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("[data-element]")].filter((box) => {
          const { left, top, width, height } = box.getBoundingClientRect();
          return document.elementFromPoint(left + width / 2, top + height / 2)?.closest("[data-element]") === box;
        }).map((box) => box.dataset.element)"""
    )
    return found


def _centre(page: Page, element: str) -> tuple[float, float]:
    box = page.locator(f'[data-element="{element}"]').bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _select(page: Page) -> list[float]:
    elements = _visible(page)
    assert len(elements) >= 6, elements
    for turn in range(TIMES):
        name = elements[turn % len(elements)]
        page.evaluate(
            """name => {
              const title = `Element ${Number(name.slice(3))}`;
              // Selected on the canvas, and the inspector speaks of it.
              const shown = () => document.querySelector(`[data-element="${name}"]`).dataset.selected === "true"
                && [...document.querySelectorAll("aside input, aside textarea")].some(({ value }) => value === title);
              window.going = timer.from("pointerup", shown);
            }""",
            name,
        )
        page.mouse.click(*_centre(page, name))
        page.evaluate("window.going")
        page.wait_for_timeout(150)
    times: list[float] = page.evaluate("timer.times.splice(0)")
    return times


def _edit(page: Page) -> list[float]:
    element = _visible(page)[0]
    page.mouse.click(*_centre(page, element))
    title = f"Element {int(element[3:])}"
    page.wait_for_function(
        "title => [...document.querySelectorAll('aside input, aside textarea')].some(one => one.value === title)",
        arg=title,
    )
    page.evaluate(
        """title => [...document.querySelectorAll("aside input, aside textarea")]
          .find((one) => one.value === title).focus()""",
        title,
    )
    page.keyboard.press("End")
    for turn in range(TIMES):
        title += str(turn % 10)
        page.evaluate(
            """([name, title]) => {
              const box = document.querySelector(`[data-element="${name}"]`);
              window.going = timer.from("keydown", () => box.innerText.includes(title));
            }""",
            [element, title],
        )
        page.keyboard.press(str(turn % 10))
        page.evaluate("window.going")
        page.wait_for_timeout(120)
    times: list[float] = page.evaluate("timer.times.splice(0)")
    return times


def _drag(page: Page, probe: Probe) -> tuple[float, float, float]:
    """Frames/s, the p95 of the pause between frames (ms) and the share of the main thread (%) of a drag."""
    x, y = _centre(page, _visible(page)[8])
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 20, y + 10, steps=4)
    page.evaluate("() => { window.endFrames = timer.frames(); }")
    busy = probe.metric("TaskDuration")
    start = page.evaluate("performance.now()")
    step, passed = 0, 0.0
    while passed < DRAG_S * 1000:
        step += 1
        page.mouse.move(x + 20 + (step * 7) % 500, y + 10 + (step * 3) % 200)
        page.wait_for_timeout(8)
        passed = page.evaluate("performance.now()") - start
    at: list[float] = page.evaluate("() => window.endFrames()")
    share = (probe.metric("TaskDuration") - busy) / passed * 1e5
    page.keyboard.press("Escape")
    page.mouse.up()
    pauses = sorted(later - earlier for earlier, later in itertools.pairwise(at))
    return (len(at) - 1) / (at[-1] - at[0]) * 1000, pauses[int(0.95 * len(pauses))], share


def _row(name: str, times: list[float], budget: str) -> Row:
    times = sorted(times)
    figure = f"{statistics.median(times):.0f} · {times[int(0.95 * len(times))]:.0f}"
    return Row(f"{name}, p50 · p95", figure, "ms", budget, "", f"{len(times)} times; {load()}")


def run() -> list[Row]:
    """The rows of this bench."""
    with tempfile.TemporaryDirectory() as folder, chromium(script=TIMER) as page:
        processes = Processes(Path(folder))
        stack = Stack(processes, Path(folder) / "data")
        try:
            stack.wait_part("agent")
            set_up(page, stack)
            page.evaluate(PUT, content(_roles(stack)))
            page.goto(f"{stack.url}/design/bench")
            page.wait_for_function(
                "n => document.querySelectorAll('[data-element]').length >= n", arg=ELEMENTS, timeout=60_000
            )
            page.wait_for_timeout(5000)
            if shot := os.environ.get("INTERLOCK_BENCH_SHOT"):
                page.screenshot(path=shot)
            probe = Probe(page)
            idle = probe.main_thread(5)
            select, edit = _select(page), _edit(page)
            fps, p95, share = _drag(page, probe)
        finally:
            stack.close()
            processes.close()
    name = "Designer, 500 live elements"
    method = f"real platform and simulated line; 1440×900; {load()}"
    return [
        _row(f"{name}: press released → selected and its properties painted", select, "≤ 50 ms"),
        _row(f"{name}: key pressed in a property → block painted with it", edit, "≤ 50 ms"),
        Row(f"{name}: dragging", fps, "frames/s", "≥ 50", "", f"over {DRAG_S:.0f} s; {method}"),
        Row(f"{name}: dragging, p95 between two frames", p95, "ms", ""),
        Row(f"{name}: dragging, main thread", share, "%", "", "", "CPU time"),
        Row(f"{name}: at rest, main thread", idle, "%", "", "", "CPU time over 5 s, values coming in"),
    ]
