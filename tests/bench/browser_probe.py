"""What the benches of the browser read from Chromium: share of the main thread, heap, and when paint was done."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.e2e.conftest import FLAGS, browser_path
from tests.support.processes import ROOT

#: The built web app; a build elsewhere can be named for a try.
WEB = Path(os.environ.get("INTERLOCK_BENCH_WEB", ROOT / "platform_core" / "web"))

#: Before the page's own code: each frame of the live socket, by when the server sent it (µs) and when the first paint
#: after the change it made was done. A frame that changes nothing on the screen is counted with the next that does.
FRAMES_SCRIPT = """(() => {
  const wall = () => (performance.timeOrigin + performance.now()) * 1000;
  window.probe = { waiting: [], sent: [], painted: [], paints: 0 };
  const { probe } = window;
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        const now = /"now":(\\d+)/.exec(data);
        if (now && data.startsWith('{"type":"data"')) probe.waiting.push([Number(now[1]), wall()]);
      });
    }
  };
  const channel = new MessageChannel();
  let batch = [];
  channel.port1.onmessage = () => {
    const at = wall();
    for (const [sent, arrived] of batch) { probe.sent.push(at - sent); probe.painted.push(at - arrived); }
    if (batch.length > 0) probe.paints += 1;
    batch = [];
  };
  let asked = false;
  const watch = () => new MutationObserver(() => {
    if (asked || probe.waiting.length === 0) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      batch.push(...probe.waiting.splice(0));
      channel.port2.postMessage(0);
    });
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
  if (document.documentElement) watch(); else document.addEventListener("DOMContentLoaded", watch);
})()"""


@contextmanager
def chromium(width: int = 1440, height: int = 900, script: str = "") -> Iterator[Page]:
    """A page of a fresh Chromium, with `script` run before the page's own code."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        try:
            context = browser.new_context(viewport={"width": width, "height": height})
            if script:
                context.add_init_script(script)
            yield context.new_page()
        finally:
            browser.close()


class Probe:
    """The Chromium behind a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        # CPU time, not the time on the wall: what else runs on the machine does not count.
        self.cdp.send("Performance.enable", {"timeDomain": "threadTicks"})

    def metric(self, name: str) -> float:
        """A metric of the browser, in its unit (s for durations)."""
        found: list[dict[str, Any]] = self.cdp.send("Performance.getMetrics")["metrics"]
        return float(next(row["value"] for row in found if row["name"] == name))

    def heap_mb(self) -> float:
        """JavaScript heap in use after a collection, MB."""
        for _ in range(2):
            self.cdp.send("HeapProfiler.collectGarbage")
        return float(self.cdp.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    def main_thread(self, seconds: float) -> float:
        """CPU time that tasks of the main thread took during so many seconds, % of them."""
        busy, start = self.metric("TaskDuration"), time.monotonic()
        self.page.wait_for_timeout(seconds * 1000)
        return (self.metric("TaskDuration") - busy) / (time.monotonic() - start) * 100


def load() -> str:
    """The load of the machine, as a text for the method column."""
    return f"load {os.getloadavg()[0]:.1f}"
