"""Makes the pictures of the documentation: `python -m tests.e2e.screenshots http://127.0.0.1:8080 NAME`."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterable
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.e2e.conftest import FLAGS, browser_path
from tests.support.processes import ROOT

IMAGES = ROOT / "docs" / "images"
#: A page with pictures stays quick; the script fails above this.
BYTES_MAX = 200 * 1024
DESKTOP = (1440, 900)
PHONE = (390, 844)
#: Time for trends to load and be drawn.
SETTLE_MS = 3000
TREND = ("press_1/temperature", "press_2/temperature", "press_3/temperature", "press_2/state")


def open_context(browser: Browser, url: str, size: tuple[int, int], theme: Literal["dark", "light"]) -> BrowserContext:
    """An English browser of a size (CSS px) and a theme; phones are drawn at twice their size."""
    width, height = size
    return browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if size == PHONE else 1,
        has_touch=size == PHONE,
        color_scheme=theme,
        locale="en-GB",
    )


def log_in(page: Page, name: str, password: str) -> None:
    page.goto("/login")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.get_by_role("heading", name="Apps").wait_for()


def tag_ids(page: Page, keys: Iterable[str]) -> str:
    """Tag ids of keys, as Explore has them in its address."""
    ids = []
    for key in keys:
        found = page.request.get("/api/v1/tags", params={"search": key, "limit": 50}).json()["tags"]
        ids += [str(tag["id"]) for tag in found if tag["key"] == key]
    return ",".join(ids)


def take(browser: Browser, url: str, name: str, password: str) -> dict[str, int]:
    """Take every picture; file name → bytes."""
    shots: list[tuple[str, tuple[int, int], Literal["dark", "light"], str]] = [
        ("line-overview.png", DESKTOP, "light", "/app/line_overview"),
        ("phone.png", PHONE, "dark", "/app/line_overview"),
        ("explore.png", DESKTOP, "light", "/explore?q=press"),
        ("health.png", DESKTOP, "dark", "/health"),
    ]
    sizes = {}
    for file, size, theme, address in shots:
        context = open_context(browser, url, size, theme)
        page = context.new_page()
        log_in(page, name, password)
        trend = f"&tags={tag_ids(page, TREND)}" if file == "explore.png" else ""
        page.goto(address + trend)
        page.wait_for_timeout(SETTLE_MS)
        sizes[file] = len(page.screenshot(path=IMAGES / file))
        context.close()
    return sizes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots", description=__doc__)
    parser.add_argument("url", help="address of an installation that has run for ten minutes with the simulated line")
    parser.add_argument("name", help="a user; the password is asked for, or read from INTERLOCK_PASSWORD")
    given = parser.parse_args()
    password = os.environ.get("INTERLOCK_PASSWORD") or getpass.getpass()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        sizes = take(browser, given.url, given.name, password)
        browser.close()
    for file, size in sizes.items():
        print(f"docs/images/{file}: {size / 1024:.0f} KiB")
    return 1 if max(sizes.values()) > BYTES_MAX else 0


if __name__ == "__main__":
    sys.exit(main())
