"""500 attack strings as live text values of every block, and of whatever else shows a value: none runs."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e import attack_app
from tests.e2e.attacks import ATTACKS, clean, traces, watch
from tests.e2e.builder import DESKTOP, PART_MS, Builder
from tests.e2e.test_first_app import set_up
from tests.support.platform_client import PlatformClient
from tests.support.processes import Processes
from tests.support.stack import Stack, create_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]
TAGS = 5
ROUNDS = -(-len(ATTACKS) // TAGS)
ROUND_S = 15.0
#: Between two texts, where nobody waits until they are shown: longer than the platform gathers changes.
PACE_MS = 150
FEW = {"value", "tag_table", "text"}
#: The two ends of a pipe are not shown; a text eats the marks of Markdown, tabs show no more than the first is called.
SHOWS_FEWER = {"pipe": 0, "text": 480, "tabs": 480}
#: What each kind of element shows of the present strings, added to what it has shown before.
NOTE = """given => {
  const shown = (window.__shown ??= {});
  for (const one of document.querySelectorAll("[data-element]")) {
    const parts = [one.textContent];
    for (const inner of one.querySelectorAll("*"))
      for (const { value } of inner.attributes) if (/executed|attack/.test(value)) parts.push(value);
    const all = parts.join("\\n");
    const seen = (shown[one.dataset.type] ??= []);
    for (const text of given) if (all.includes(text) && !seen.includes(text)) seen.push(text);
  }
  // Blocks come one after the other on a page that was just opened, and a field takes its text a moment later.
  const kinds = new Set([...document.querySelectorAll("[data-element]")].map((one) => one.dataset.type));
  const whole = [...kinds].filter((kind) => !FEWER.includes(kind));
  return whole.length > 0 && whole.every((kind) => given.every((text) => shown[kind].includes(text)));
}""".replace("FEWER", json.dumps(list(SHOWS_FEWER)))
Attacked = tuple[BrowserContext, PlatformClient, list[int]]
COUNT = "() => Object.fromEntries(Object.entries(window.__shown).map(([kind, seen]) => [kind, seen.length]))"


@pytest.fixture(scope="module")
def attacked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A signed-in browser, the API as an administrator, and the tags whose values are going to be attacks."""
    folder = tmp_path_factory.mktemp("attacked")
    processes = Processes(folder)
    stack = Stack(processes, folder / "data")
    stack.wait_part("agent")
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP, color_scheme="light", locale="en-GB")
    set_up(context.new_page(), stack)
    client = PlatformClient(stack.url, create_token(stack.data, "admin"))
    tags = attack_app.make_tags(client, TAGS)
    pages = {"all": attack_app.page("all", None, TAGS), "few": attack_app.page("few", FEW, TAGS)}
    attack_app.publish(client, pages, TAGS)
    yield context, client, tags
    context.close()
    stack.close()
    processes.close()


def write(client: PlatformClient, tags: list[int], texts: list[str]) -> None:
    """Type a text into each tag."""
    values = [{"id": tag, "v": text} for tag, text in zip(tags, texts, strict=False)]
    client.call("POST", "/values/manual", {"key": uuid.uuid4().hex, "values": values})


def open_views(context: BrowserContext, tags: list[int]) -> dict[str, Page]:
    """Every view that shows values, each with a text of the tags in it."""
    app = f"/app/{attack_app.APP}"
    places = {
        "wall": f"{app}/few?kiosk=1",
        "explain": f"{app}/few",
        "detail": f"{app}/few?detail={tags[0]}",
        "explore": "/explore?q=attack",
        "plant": "/plant?tab=mapping",
        "designer": f"/design/{attack_app.APP}/few",
        "picker": f"/design/{attack_app.APP}/few",
    }
    pages: dict[str, Page] = {}
    for name, place in places.items():
        page = pages[name] = context.new_page()
        page.goto(place)
        expect(page.locator("#root")).not_to_be_empty(timeout=PART_MS)
    pages["explain"].locator("[data-type=value]").first.click(button="right", timeout=PART_MS)
    expect(pages["explain"].get_by_role("dialog")).to_be_visible(timeout=PART_MS)
    expect(pages["detail"].get_by_role("dialog")).to_be_visible(timeout=PART_MS)
    pages["plant"].get_by_role("searchbox").first.fill("attack", timeout=PART_MS)
    Builder(pages["designer"]).search_data("attack")
    element = pages["picker"].locator("[data-element][data-type=value]").first
    element.click(position={"x": 6, "y": 6}, timeout=PART_MS)
    inspector = Builder(pages["picker"]).inspector
    inspector.get_by_role("button", name="Choose another source for Value").click(timeout=PART_MS)
    picker = pages["picker"].get_by_role("dialog", name="Where does it come from?")
    picker.get_by_role("searchbox").fill("attack")
    return pages


def write_all(client: PlatformClient, tags: list[int], page: Page, *, is_shown: bool) -> None:
    """All strings, some at a time; each shown in the page before the next come, or at a steady pace."""
    for number in range(ROUNDS):
        texts = ATTACKS[number * TAGS : (number + 1) * TAGS]
        write(client, tags, texts)
        if not is_shown:
            page.wait_for_timeout(PACE_MS)
            continue
        begin = time.monotonic()
        while not page.evaluate(NOTE, texts):
            assert time.monotonic() - begin < ROUND_S, f"not shown: {texts}"
            page.wait_for_timeout(30)
        assert traces(page) == [], texts


def test_no_value_runs_in_a_block(attacked: Attacked) -> None:
    context, client, tags = attacked
    page = context.new_page()
    faults = watch(page, context.pages[0].url)
    page.goto(f"/app/{attack_app.APP}/all")
    write_all(client, tags, page, is_shown=True)
    clean("live", page, faults)
    shown: dict[str, int] = page.evaluate(COUNT)
    assert len(shown) == len(attack_app.manifests())
    few = {kind: count for kind, count in shown.items() if count < SHOWS_FEWER.get(kind, len(set(ATTACKS)))}
    assert few == {}
    assert len(set(ATTACKS)) >= 500
    # Those that draw a course draw what is stored now; and the same of a moment ago.
    for place in ("all", "all?at=" + moment(time.time() - 3)):
        page.goto(f"/app/{attack_app.APP}/{place}")
        expect(page.get_by_text("__executed").first).to_be_attached(timeout=PART_MS)
        page.wait_for_timeout(1500)
        clean(place, page, faults)
    page.close()


def test_no_value_runs_in_another_view(attacked: Attacked) -> None:
    context, client, tags = attacked
    home = context.pages[0].url
    watched: dict[Page, list[str]] = {}

    def begin(page: Page) -> None:
        watched[page] = watch(page, home)

    context.on("page", begin)
    write(client, tags, ATTACKS[:TAGS])
    pages = open_views(context, tags)
    write_all(client, tags, pages["wall"], is_shown=False)
    for name, page in pages.items():
        # Of the last of them the beginning is cut off in some places, never this.
        expect(page.get_by_text("__executed").first).to_be_attached(timeout=PART_MS)
        clean(name, page, watched[page])
        page.close()
    context.remove_listener("page", begin)


def moment(at_s: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at_s))


def test_a_value_taken_for_markup_would_be_seen(attacked: Attacked) -> None:
    context, client, tags = attacked
    page = context.new_page()
    faults = watch(page, context.pages[0].url)
    attack = "<img src=http://attack.invalid/x onerror=window.__executed=1>"
    write(client, tags, [attack])
    page.goto(f"/app/{attack_app.APP}/few")
    expect(page.get_by_text(attack).first).to_be_attached(timeout=PART_MS)
    clean("as text", page, faults)
    page.get_by_text(attack).first.evaluate("shown => { shown.innerHTML = shown.textContent; }")
    page.wait_for_timeout(500)
    assert traces(page) != []
    assert any("Content Security" in fault for fault in faults), faults
