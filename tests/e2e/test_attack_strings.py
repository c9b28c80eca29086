"""500 attack strings in the names, descriptions, units and texts a real browser shows: none runs, nothing breaks.

What every property of every block does with them: `test_attack_gallery.py`; as live values: `test_attack_values.py`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.e2e.attacks import ATTACKS, CALL, clean, executed, watch
from tests.e2e.builder import PART_MS
from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]
#: Members whose value is a text for people.
TEXTS = {"description", "title", "name", "label", "text", "note", "en", "zh-CN", "unit", "author", "summary"}
PLACES = ("/", "/app/line_overview", "/explore?q=", "/health", "/plant", "/plant?tab=mapping", "/design/line_overview")


def poisoned(value: Any, attacks: Iterator[str], text: bool = False) -> Any:
    """The same document with every text for people replaced."""
    if isinstance(value, str):
        return next(attacks) if text else value
    if isinstance(value, list):
        return [poisoned(item, attacks) for item in value]
    if isinstance(value, dict):
        return {
            key: poisoned(item, attacks, key in TEXTS or (text and isinstance(item, str)))
            for key, item in value.items()
        }
    return value


@pytest.fixture
def context(browser: Browser, processes: Processes, tmp_path: Path) -> Iterator[tuple[BrowserContext, list[str]]]:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    made = browser.new_context(base_url=stack.url, viewport={"width": 1440, "height": 900})
    set_up(made.new_page(), stack)
    used: list[str] = []

    def next_attacks() -> Iterator[str]:
        for attack in itertools.cycle(ATTACKS):
            used.append(attack)
            yield attack

    attacks = next_attacks()

    def answer(route: Route) -> None:
        response = route.fetch()
        if route.request.method != "GET" or "json" not in response.headers.get("content-type", ""):
            return route.fulfill(response=response)
        return route.fulfill(response=response, body=json.dumps(poisoned(response.json(), attacks)))

    made.route("**/api/v1/**", answer)
    yield made, used
    made.close()
    stack.close()


def test_no_string_runs_or_breaks_a_page(context: tuple[BrowserContext, list[str]]) -> None:
    made, used = context
    page = made.new_page()
    faults = watch(page, made.pages[0].url)
    for place in PLACES:
        page.goto(place)
        expect(page.locator("#root")).not_to_be_empty(timeout=PART_MS)
        # They are shown, and as text.
        if place != "/health":
            expect(page.get_by_text("__executed").first).to_be_attached(timeout=PART_MS)
        page.wait_for_timeout(1500)
        clean(place, page, faults)
    assert len(ATTACKS) >= 500
    assert len(set(used)) >= 500, f"only {len(set(used))} different strings were shown"


def test_a_string_taken_for_markup_would_be_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(f"<main><img src=x onerror={CALL}></main>")
    page.wait_for_function("window.__executed === 1")
    assert executed(page)
    page.close()
