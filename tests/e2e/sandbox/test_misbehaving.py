"""Blocks that loop, throw, flood or lie: only their own box is lost, and the page says why."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.sandbox.conftest import Site
from tests.e2e.sandbox.test_breaking_out import still_alive

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

MOUNT = "interlock.block({ mount(root) { root.textContent = 'bad'; %s } });"
#: Takes the port for itself, as a block in the same realm can.
STOLEN = """
let port = null;
addEventListener("message", (event) => { port ??= event.ports[0] ?? null; }, true);
const say = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (...words) { port ??= this; return say.apply(this, words); };
const raw = (message) => say.call(port, message);
"""


def ended(page: Page, why: str) -> None:
    """The box of the bad block says why it was stopped; its neighbour goes on."""
    expect(page.locator(f"#hostile [data-state={why}]")).to_be_visible(timeout=15_000)
    expect(page.locator("#hostile iframe")).to_have_count(0)
    expect(page.locator("#hostile").get_by_role("button", name="Start it again")).to_be_visible()
    still_alive(page)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("for (;;) {}", "silent"),
        (MOUNT % "setTimeout(() => { for (;;) {} }, 300);", "silent"),
        (MOUNT % "(async () => { for (;;) await null; })();", "silent"),
        (MOUNT % "throw new Error('broken at once');", "error"),
        (MOUNT % "setTimeout(() => { throw new Error('broken later'); }, 200);", "error"),
        (MOUNT % "Promise.reject(new Error('nobody waits'));", "error"),
        ("this is not a script", "error"),
        (MOUNT % "setInterval(() => { for (let n = 0; n < 500; n++) interlock.output('share', n); }, 50);", "flood"),
        (MOUNT % "setInterval(() => { for (let n = 0; n < 500; n++) parent.postMessage('x', '*'); }, 50);", "flood"),
        (MOUNT % "location.reload();", "navigated"),
    ],
    ids=[
        "loops at once", "loops later", "loops in promises", "throws at once", "throws later", "rejects", "no script",
        "floods its port", "floods the window", "loads itself again",
    ],
)  # fmt: skip
def test_only_its_own_box_is_lost(site: Site, code: str, why: str) -> None:
    site.put("hostile", code)
    ended(site.open("hostile", "good"), why)


def test_a_well_behaved_block_is_left_alone(site: Site) -> None:
    """Control: the watch does not end a block that is merely busy and talkative."""
    busy = "setInterval(() => { const end = performance.now() + 200; while (performance.now() < end); "
    site.put("hostile", MOUNT % (busy + "for (let n = 0; n < 10; n++) interlock.output('share', n / 10); }, 500);"))
    page = site.open("hostile", "good")
    still_alive(page)
    page.wait_for_timeout(4000)
    expect(page.frame_locator("#hostile iframe").get_by_text("bad")).to_be_visible()
    expect(page.locator("#hostile [role=alert]")).to_have_count(0)


def test_huge_and_malformed_messages_are_not_heard(site: Site) -> None:
    site.put(
        "hostile",
        STOLEN
        + MOUNT
        % """
        interlock.height(100);
        const long = "x".repeat(4 * 1024 * 1024);
        raw(JSON.stringify({ t: "output", name: "share", value: 1, more: long }));
        raw({ t: "output", name: "share", value: 2 });
        raw(new Uint8Array(4 * 1024 * 1024));
        for (const text of ["", "{", "[]", "null", '{"t":"output"}', '{"t":"emit","name":3}']) raw(text);
        raw(JSON.stringify({ t: "emit", name: "press", payload: { value: { deep: 1 } } }));
        raw(JSON.stringify({ t: "emit", name: "press", payload: { value: "x".repeat(501) } }));
        raw(JSON.stringify({ t: "output", name: "share", value: 0.5 }));
        """,
    )
    page = site.open("hostile", "good")
    page.wait_for_function("() => window.harness.outputs.some(([id]) => id === 'hostile')")
    page.wait_for_timeout(500)
    # Control: the last one, which is well formed, was heard over the very same port.
    assert page.evaluate("window.harness.outputs.filter(([id]) => id === 'hostile')") == [["hostile", "share", 0.5]]
    assert page.evaluate("window.harness.emitted.filter(([id]) => id === 'hostile')") == []
    still_alive(page)


def test_what_the_manifest_does_not_declare_is_not_heard_and_prototypes_stay_clean(site: Site) -> None:
    site.put(
        "hostile",
        STOLEN
        + MOUNT
        % """
        for (const name of ["nothing", "__proto__", "constructor", "toString"]) {
          interlock.emit(name, {});
          interlock.output(name, 1);
        }
        interlock.output("share", "not a number");
        raw('{"t":"emit","name":"press","payload":{"__proto__":{"polluted":1},"value":null}}');
        raw('{"t":"emit","name":"press","payload":{"__proto__":1,"constructor":2,"value":7,"more":8}}');
        raw('{"t":"output","name":"share","value":0.25,"__proto__":{"polluted":1}}');
        """,
    )
    page = site.open("hostile", "good")
    page.wait_for_function("() => window.harness.outputs.some(([id]) => id === 'hostile')")
    assert page.evaluate("window.harness.outputs.filter(([id]) => id === 'hostile')") == [["hostile", "share", 0.25]]
    assert page.evaluate("window.harness.emitted.filter(([id]) => id === 'hostile')") == [
        ["hostile", "press", {"value": 7}]
    ]
    assert page.evaluate("({}).polluted") is None
    still_alive(page)


def test_nobody_speaks_for_another_frame(site: Site) -> None:
    """A block that offers its own port to its neighbour, and speaks to the page past its port, is not believed."""
    site.put(
        "hostile",
        MOUNT
        % """
        setInterval(() => {
          for (let n = 0; n < parent.frames.length; n++) {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => interlock.output("share", 0.99);
            parent.frames[n].postMessage("interlock.sandbox.1", "*", [port2]);
          }
          parent.postMessage('{"t":"emit","name":"press","payload":{"value":"forged"}}', "*");
        }, 100);
        """,
    )
    page = site.open("hostile", "good")
    still_alive(page)
    page.wait_for_timeout(1500)
    assert page.evaluate("window.harness.outputs.filter(([id]) => id === 'hostile')") == []
    assert "forged" not in page.evaluate("JSON.stringify(window.harness.emitted)")
    assert page.evaluate("window.harness.outputs.at(-1)") == ["good", "share", 0.62]
