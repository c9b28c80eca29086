"""Blocks of other makers that try to break out of their frame, in a real browser against the real platform.

Each attack is also run on a page without the guards, where it must succeed: one that works nowhere proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.sandbox.conftest import ATTACKS, Evil, Site

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

Told = Callable[[Page], dict[str, str]]
#: Reports in pieces: a text in an event has at most 500 characters.
REPORT = """
interlock.block({ mount: async (root) => {
  root.textContent = "hostile";
  await run(GROUPS);
  for (const [name, result] of Object.entries(results)) {
    interlock.emit("press", { value: JSON.stringify({ [name]: result }) });
  }
  interlock.emit("press", { value: "end" });
  AFTER
} });
"""
#: Attacks by a link or window that this browser carries out nowhere without a person's press.
SEND_HITS = {
    "fetch", "xhr", "websocket", "event_source", "beacon", "image", "script", "style_link", "style_import",
    "style_image", "media", "object", "frame", "frame_image", "form", "ping", "worker", "module", "inline_code",
    "evaluated",
}  # fmt: skip


def hostile(evil: Evil, groups: str, after: str = "") -> str:
    code = ATTACKS.read_text("utf-8").replace("__EVIL__", evil.url).replace("__STUN__", evil.stun)
    return code + REPORT.replace("GROUPS", groups).replace("AFTER", after)


def control(site: Site, evil: Evil, groups: str) -> Page:
    """The same attacks on a page of the evil one's own, which nothing holds back."""
    stub = "const interlock = { block: (b) => b.mount(document.body), emit: () => {} };"
    page = f"<!doctype html><body></body><script>{stub}{hostile(evil, groups)}</script>"
    evil.control = page.encode()
    opened = site.context.new_page()
    opened.goto(f"{evil.url}/control")
    opened.wait_for_timeout(3000)
    return opened


def test_it_reads_nothing_of_the_page(site: Site, evil: Evil, told: Told) -> None:
    site.put("hostile", hostile(evil, "READ"))
    page = site.open("hostile", "good")
    results = told(page)
    assert set(results) >= {"cookie", "local_storage", "indexed_db", "parent_dom", "top_address", "page_objects"}
    assert all(result.startswith("refused") for result in results.values()), results
    # Control: the page itself reads all of it, so it was there to be read.
    assert "secret=of-the-page" in page.evaluate("document.cookie")
    assert page.evaluate("localStorage.getItem('secret')") == "of the page"
    assert page.evaluate("window.harness.secret") == "the page's own"


def test_it_sends_nothing_anywhere(site: Site, evil: Evil, told: Told) -> None:
    site.put("hostile", hostile(evil, "SEND"))
    page = site.open("hostile", "good")
    results = told(page)
    page.wait_for_timeout(1000)
    assert evil.hits == [], results
    assert evil.datagrams == 0
    assert results["webrtc"] == "refused ReferenceError"
    assert results["evaluated"].startswith("refused")
    control(site, evil, "SEND")
    reached = set(evil.hits)
    assert reached >= SEND_HITS, f"without the guards these reached nobody either: {SEND_HITS - reached}"
    assert evil.datagrams > 0


def test_a_new_realm_has_no_webrtc_either(site: Site, evil: Evil, told: Told) -> None:
    inner = "parent.postMessage(typeof RTCPeerConnection, '*');"
    code = """
      const said = [];
      addEventListener("message", (event) => { if (typeof event.data === "string") said.push(event.data); });
      interlock.block({ mount: async (root) => {
        const frame = document.createElement("iframe");
        frame.srcdoc = '<script src="/sandbox/hostile/1.0.0/inner.js"><' + "/script>";
        root.append(frame);
        const blank = document.createElement("iframe");
        root.append(blank);
        let reach;
        try { reach = typeof blank.contentWindow.RTCPeerConnection; } catch (error) { reach = error.name; }
        await new Promise((done) => setTimeout(done, 1500));
        interlock.emit("press", { value: JSON.stringify({ reach, said: said.join() }) });
        interlock.emit("press", { value: "end" });
      } });
    """
    site.put("hostile", code)
    (site.web / "sandbox_blocks" / "hostile" / "1.0.0" / "inner.js").write_text(inner)
    results = told(site.open("hostile"))
    assert results == {"reach": "SecurityError", "said": "undefined"}
    # Control: the browser has it where nothing took it away.
    assert site.context.new_page().evaluate("typeof RTCPeerConnection") == "function"


def test_it_does_not_leave_its_place(site: Site, evil: Evil, told: Told) -> None:
    leave = f"location.href = '{evil.url}/hit/self_navigation';"
    site.put("hostile", hostile(evil, "LEAVE", leave))
    page = site.open("hostile", "good")
    address = page.url
    results = told(page)
    assert all(result.startswith("refused") for name, result in results.items() if name != "top_link"), results
    expect(page.locator("#hostile [role=alert]")).to_be_visible(timeout=15_000)
    assert page.url == address
    assert len(site.context.pages) == 1
    assert evil.hits == []
    still_alive(page)
    opened = control(site, evil, "{ ...LEAVE, dialog: () => 0 }")
    assert {"top_navigation", "top_link"} & set(evil.hits), opened.url


def still_alive(page: Page, block: str = "good") -> None:
    """The neighbour draws, and answers a press."""
    frame = page.frame_locator(f"#{block} iframe")
    expect(frame.get_by_text("Level")).to_be_visible(timeout=15_000)
    frame.get_by_role("button").click()
    page.wait_for_function(f"() => window.harness.emitted.some(([id]) => id === '{block}')")
