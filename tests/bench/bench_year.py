"""A year of eight series, opened in the browser: real store, platform, page. One value each ten seconds."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page

from platform_core.stores.base import Block
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from schemas.wire.columns import Columns
from tests.bench.bench_designer import PUT
from tests.bench.browser_probe import chromium, load
from tests.bench.row import Row
from tests.e2e.test_first_app import log_in, set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

SERIES, DAYS, STEP_S, TIMES = 8, 365, 10, 10
SECOND = 1_000_000
DAY = 86_400 * SECOND

PUBLISH = """async ({ app, roles }) => {
  const csrf = decodeURIComponent(/interlock[_-]csrf=([^;]*)/i.exec(document.cookie)[1]);
  const ask = async (method, path, body, more = {}) => {
    const headers = { "Content-Type": "application/json", "X-Interlock-CSRF": csrf, ...more };
    const answer = await fetch(`/api/v1/apps/${app}${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await answer.text());
  };
  const old = await fetch(`/api/v1/apps/${app}/draft/files/app.json`);
  const file = { ...(await old.json()), roles: roles.map((role) => ({ role, kind: "f" })) };
  await ask("PUT", "/draft/files/app.json", file, { "If-Match": old.headers.get("ETag") });
  await ask("POST", "/releases", { note: "bench" });
}"""

#: ms from the start of the navigation to the paint after the first answer of the history, and of that the query.
SHOWN = """() => new Promise((done) => {
  const painted = () => {
    const [asked] = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/values/history"));
    if (!asked || !(asked.responseEnd > 0) || !document.querySelector("canvas")) return requestAnimationFrame(painted);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => done([performance.now(), asked.duration, asked.decodedBodySize]);
      port2.postMessage(0);
    }));
  };
  painted();
})"""


def content(bound: list[dict[str, Any]]) -> dict[str, Any]:
    """One trend over the whole page."""
    bind = {f"/series/{n}": {**one, "source": "history"} for n, one in enumerate(bound)}
    elements = {"el_aaaaaaaa": {"type": "trend", "props_version": 1, "props": {}, "bind": bind}}
    return {"app": "year", "elements": elements, "items": {"el_aaaaaaaa": {"x": 0, "y": 0, "w": 12, "h": 10}}}


def fill(folder: Path, ids: list[int], end: int) -> int:
    """A year up to `end` (µs) into the store of a stopped platform; returns the samples written."""
    rng = np.random.default_rng(5)
    second = np.arange(0, 86_400, STEP_S)
    ahead_us = [0]
    options = StoreOptions(
        background=False, seal_rows=10**9, tail_rows_max=10**9, clock_us=lambda: time.time_ns() // 1000 + ahead_us[0]
    )
    with EmbeddedStore(folder, options) as store:
        no = store.applied()
        for day in range(DAYS):
            at = end - (DAYS - day) * DAY + second * SECOND
            groups = [
                Columns(
                    "f",
                    np.full(len(second), tag, "u4"),
                    at + tag,
                    np.zeros(len(second), "u1"),
                    np.round(
                        50 + tag + 20 * np.sin((day * 86_400 + second) / 30_000) + rng.normal(0, 0.3, len(second)), 2
                    ),
                )
                for tag in ids
            ]
            no += 1
            store.apply(Block(no, "factory", no, True, groups))
            store.seal()
        ahead_us[0] = 3 * 3_600 * SECOND  # so that what came late counts as settled and is merged, as in a plant
        while store.maintain():
            pass
    return DAYS * len(second) * len(ids)


def _bound(stack: Stack) -> tuple[list[dict[str, Any]], list[int]]:
    """Eight roles with numbers, and their tags."""
    answer = stack.client.call("GET", "/roles")
    rows = answer if isinstance(answer, list) else answer["roles"]
    found = []
    for row in rows:
        tag = stack.client.call("GET", f"/tags/{row['tag_id']}") if row.get("tag_id") else None
        if tag and tag["kind"] == "f":
            found.append((row["asset"], row["role"], row["tag_id"]))
    found = found[:SERIES]
    assert len(found) == SERIES, found
    return [{"asset": asset, "role": role} for asset, role, _ in found], [tag for _, _, tag in found]


def _stamp(at: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at / 1e6))


def _times(page: Page, url: str) -> list[list[float]]:
    found = []
    for _ in range(TIMES + 1):
        page.goto(url)
        found.append(page.evaluate(SHOWN))
    return found[1:]


def run() -> list[Row]:
    """The rows of this bench."""
    with tempfile.TemporaryDirectory() as folder, chromium(1920, 1080) as page:
        processes = Processes(Path(folder))
        data = Path(folder) / "data"
        try:
            first = Stack(processes, data)
            first.wait_part("agent")
            set_up(page, first)
            bound, ids = _bound(first)
            page.evaluate(PUT, content(bound))
            page.evaluate(PUBLISH, {"app": "year", "roles": [one["role"] for one in bound]})
            first.close()
            end = time.time_ns() // 1000 - DAY
            written = fill(data / "platform" / "store", ids, end)
            second = Stack(processes, data, name="again")
            second.wait_part("platform")
            assert second.client.reachable()
            page.context.clear_cookies()
            log_in(page, second)
            url = f"{second.url}/app/year?from={_stamp(end - DAYS * DAY)}&to={_stamp(end)}"
            found = _times(page, url)
            second.close()
        finally:
            processes.close()
    whole, asked, size = (statistics.median(one[at] for one in found) for at in range(3))
    name = f"A year of {SERIES} series ({written / 1e6:.0f} million samples)"
    method = f"page opened anew → chart painted, {TIMES} times; real store and platform; 1920×1080; {load()}"
    return [
        Row(f"{name}: opened → painted, p50", whole, "ms", "< 1,500 ms", "", method),
        Row(f"{name}: of that the query over HTTP, p50", asked, "ms", "", "", f"{size / 1e3:.0f} kB"),
    ]
