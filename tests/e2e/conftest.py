"""The system's Chromium, driven by Playwright, with an empty profile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.processes import ROOT, Processes

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def browser_path() -> str:
    """The system's browser; fails with what to do where there is none."""
    named = os.environ.get("INTERLOCK_BROWSER")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail(
            "These tests drive a real browser and found none. Install Chromium (Debian: apt-get install chromium) "
            "or name one in INTERLOCK_BROWSER."
        )
    return found


# Per module, not per session: while it is open its own event loop counts as running, and every asyncio test would fail.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not (ROOT / "platform_core" / "web" / "index.html").is_file():
        pytest.fail("The web app is not built: run `make setup`.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    started = Processes(tmp_path)
    yield started
    started.close()
