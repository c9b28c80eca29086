"""500 attack strings in every string property of every block, in a real browser: none runs, nothing breaks."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.attacks import ATTACKS, clean, traces, watch
from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
POISON = Path(__file__).with_name("gallery_attacks.js").read_text("utf-8")
EXPORT = re.compile(r"export\{(\w+) as manifests\}")
#: Examples of a block at a time: with more a browser draws canvases longer than the tests have time.
BATCH = 128
#: Of its strings a pipe shows none: they are the names of its two ends. A block in a frame shows what it has there.
SHOWS_NONE = {"pipe", "sandbox_demo"}
#: Part of a batch that has to stand there letter by letter; where a text is Markdown, its marks do not.
SHOWN_MIN = 0.85
BLOCK_S = 60.0
#: How many attacks stand in what the blocks show: in texts, attributes and fields.
SHOWN = """() => {
  const parts = [];
  for (const one of document.querySelectorAll("article figure > :not(figcaption) *")) {
    for (const child of one.childNodes) if (child.nodeType === Node.TEXT_NODE) parts.push(child.data);
    for (const { value } of one.attributes) parts.push(value);
    if (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement) parts.push(one.value);
  }
  const all = parts.join("\\n");
  const { attacks, begin, end } = window.__given;
  return attacks.slice(begin, end).filter((attack) => all.includes(attack)).length;
}"""
#: Press everything in the last figures, which are those of the states; a link to elsewhere is meant to lead there.
PRESS = """() => {
  for (const figure of [...document.querySelectorAll("article figure")].slice(-13))
    for (const one of figure.querySelectorAll("a:not([href^=http]), button, summary")) one.click();
}"""


def poisoned(route: Route) -> None:
    """The chunk with all manifests, with attacks in their examples."""
    response = route.fetch()
    body = response.text()
    name = EXPORT.search(body)
    route.fulfill(response=response, body=f"{body}\n{POISON.replace('MANIFESTS', name[1])}" if name else body)


@pytest.fixture
def context(browser: Browser, processes: Processes, tmp_path: Path) -> Iterator[BrowserContext]:
    stack = Stack(processes, tmp_path / "data")
    made = browser.new_context(base_url=stack.url, viewport=DESKTOP, color_scheme="light", locale="en-GB")
    set_up(made.new_page(), stack)
    made.route("**/assets/manifests-*.js", poisoned)
    # Without it the gallery shows all at once, not only what is near the window.
    made.add_init_script("delete window.IntersectionObserver;")
    yield made
    made.close()
    stack.close()


def open_gallery(context: BrowserContext, begin: int) -> tuple[Page, list[str], int]:
    """The gallery with one batch of attacks in its examples; what goes wrong there, and how many they are."""
    end = min(begin + BATCH, len(ATTACKS))
    page = context.new_page()
    faults = watch(page, context.pages[0].url)
    page.add_init_script(f"window.__given = {json.dumps({'attacks': ATTACKS, 'begin': begin, 'end': end})};")
    page.goto("/gallery?block=card")
    return page, faults, end - begin


def wait_shown(page: Page, least: float) -> int:
    """How many attacks are shown once at least so many are, or the time is over."""
    begin = time.monotonic()
    while (count := int(page.evaluate(SHOWN))) < least and time.monotonic() - begin < BLOCK_S:
        page.wait_for_timeout(150)
    return count


def test_no_string_of_a_block_runs(context: BrowserContext) -> None:
    assert len(set(ATTACKS)) >= 500
    for begin in range(0, len(ATTACKS), BATCH):
        page, faults, size = open_gallery(context, begin)
        entries = page.locator("aside li button")
        expect(entries.nth(40)).to_be_visible(timeout=PART_MS)
        # The first entry is all of them at once.
        for number in range(1, entries.count()):
            # Not as a mouse does: that would wait until the page before it is at rest.
            entries.nth(number).evaluate("entry => entry.click()")
            expect(entries.nth(number)).to_have_attribute("aria-pressed", "true", timeout=PART_MS)
            name = page.locator("article code").first.inner_text()
            least = 0 if name in SHOWS_NONE else SHOWN_MIN * size
            assert wait_shown(page, least) >= least, name
            page.evaluate(PRESS)
            clean(name, page, faults)
        assert "/gallery?" in page.url
        page.close()


def test_a_string_taken_for_markup_would_be_seen(context: BrowserContext) -> None:
    page, faults, _ = open_gallery(context, 0)
    expect(page.locator("article figure").first).to_be_visible(timeout=PART_MS)
    assert faults == []
    assert traces(page) == []
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', window.__given.attacks[1])")
    page.wait_for_timeout(500)
    assert traces(page) != []
    assert any("Content Security" in fault for fault in faults), faults
