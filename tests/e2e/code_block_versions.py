"""Versions of a block of another maker at the designer: trusted by its key, changed, compared, missing, there again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.builder import PART_MS, Builder

RING = "acme.ring"
ADDRESS = re.compile(r"/sandbox/acme\.ring/([0-9a-f]{64})/")


def choose(page: Page, package: Path) -> None:
    page.goto("/blocks")
    page.get_by_role("button", name="Install a package").click()
    page.locator("input[name=block]").set_input_files(package)


def trust_key(page: Page, key: Path) -> None:
    """On the page of trusted publishers: the file is chosen, the fingerprint compared, the key named."""
    page.goto("/publishers")
    expect(page.get_by_text("No publisher is trusted yet")).to_be_visible(timeout=PART_MS)
    page.get_by_role("button", name="Add a key").click()
    dialog = page.get_by_role("dialog", name="Add a key")
    dialog.get_by_label("Content of the .pub file").fill("no key")
    dialog.get_by_role("button", name="Show the fingerprint").click()
    expect(dialog.get_by_text("This is not a publisher's public key")).to_be_visible(timeout=PART_MS)
    page.locator("input[name=key_file]").set_input_files(key)
    expect(dialog.get_by_text("Fingerprint of the key")).to_be_visible(timeout=PART_MS)
    button = dialog.get_by_role("button", name="Trust this key")
    dialog.get_by_label("Name of the publisher").fill("Acme")
    dialog.get_by_label("Note").fill("Compared by phone")
    expect(button).to_be_disabled()
    dialog.get_by_label("I compared the fingerprint with its publisher").check()
    button.click()
    listed = page.get_by_role("article", name="Acme")
    expect(listed.get_by_text("Compared by phone")).to_be_visible(timeout=PART_MS)
    expect(listed.get_by_text(f"{RING} 1.0.0")).to_be_visible()


def distrust(page: Page) -> None:
    """Two presses, and what it signed says so."""
    page.goto("/publishers")
    page.get_by_role("button", name="Remove Acme").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove the key").click()
    expect(page.get_by_text("No publisher is trusted yet")).to_be_visible(timeout=PART_MS)
    assert {one["signature"]["state"] for one in page.request.get("/api/v1/code-blocks").json()} == {"untrusted"}


def install_trusted(page: Page, package: Path, version: str) -> str:
    """A package of somebody trusted asks no question; the hash of the block."""
    choose(page, package)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Signed by Acme, whom you trust")).to_be_visible(timeout=PART_MS)
    expect(dialog.get_by_label("I know where this block comes from")).to_have_count(0)
    dialog.get_by_role("button", name="Install", exact=True).click()
    expect(page.get_by_role("article", name=f"{RING} {version}")).to_be_visible(timeout=PART_MS)
    found = page.request.get("/api/v1/code-blocks").json()
    [digest] = [one["hash"] for one in found if (one["id"], one["version"]) == (RING, version)]
    return str(digest)


def drawn(page: Page, digest: str, within: str = "") -> None:
    """The block is drawn, by exactly these files."""
    frame = page.locator(f"{within} iframe[src^='/sandbox/{RING}/']".strip())
    expect(frame).to_have_count(1, timeout=PART_MS)
    expect(frame).to_have_attribute("src", re.compile(digest), timeout=PART_MS)


def open_designer(page: Page, app: str) -> Builder:
    page.goto(f"/design/{app}")
    builder = Builder(page)
    expect(builder.elements).to_have_count(1, timeout=PART_MS)
    return builder


def another_version(page: Page, app: str, old: str, new: str) -> None:
    """The inspector offers what is installed beside; taken, undone, taken again."""
    builder = open_designer(page, app)
    drawn(page, old)
    builder.elements.click()
    builder.inspector.get_by_role("button", name="Use version 2.0.0 in this app").click()
    drawn(page, new)
    expect(builder.inspector.get_by_text(f"{RING} 2.0.0 (")).to_be_visible()
    page.keyboard.press("Control+z")
    drawn(page, old)
    page.keyboard.press("Control+Shift+z")
    drawn(page, new)
    builder.saved()


def both_beside(page: Page, app: str, old: str, new: str) -> None:
    """The published version and the draft beside each other: each in its own version of the block."""
    open_designer(page, app)
    page.get_by_role("banner").get_by_role("button", name="Versions").click()
    page.get_by_role("button", name="Compare with the draft").first.click()
    expect(page.get_by_text("version of the block acme.ring changed from 1.0.0 to 2.0.0")).to_be_visible(
        timeout=PART_MS
    )
    page.get_by_role("button", name="Show on the page").click()
    dialog = page.get_by_role("dialog", name="Show on the page")
    panes = dialog.locator("section")
    for pane, digest in ((panes.nth(0), old), (panes.nth(1), new)):
        frame = pane.locator("iframe")
        expect(frame).to_have_attribute("src", re.compile(digest), timeout=PART_MS)
        expect(frame.content_frame.locator(".number")).to_have_text(re.compile(r"\d"), timeout=PART_MS)
        expect(pane.locator("[data-diff=changed]")).to_have_count(1)
    dialog.get_by_role("button", name="Close").click()
    drawn(page, new)


def element_of(page: Page, app: str) -> dict[str, Any]:
    """The only element of the draft's page, as it is stored."""
    found = page.request.get(f"/api/v1/apps/{app}/draft").json()["files"]
    [document] = [one["content"] for one in found if one["path"].startswith("pages/")]
    [element] = document["elements"].values()
    return dict(element)


def missing_and_back(page: Page, app: str, package: Path, digest: str) -> None:
    """Nobody uses it, so it is removed; an undo names it again: a placeholder keeps its data until it is installed."""
    builder = open_designer(page, app)
    before = element_of(page, app)
    builder.elements.click()
    page.keyboard.press("Delete")
    expect(builder.elements).to_have_count(0)
    builder.saved()
    other = page.context.new_page()
    other.goto("/blocks")
    article = other.get_by_role("article", name=f"{RING} 2.0.0")
    article.get_by_role("button", name="Remove").click()
    expect(article).to_have_count(0, timeout=PART_MS)
    page.keyboard.press("Control+z")
    expect(builder.elements).to_have_count(1)
    builder.saved()

    builder = open_designer(page, app)
    expect(builder.elements.get_by_text(f"“{RING}” 2.0.0 is not installed here")).to_be_visible(timeout=PART_MS)
    expect(page.locator("iframe")).to_have_count(0)
    builder.elements.click()
    expect(builder.inspector.get_by_text("This version is not installed here")).to_be_visible()
    assert element_of(page, app) == before

    assert install_trusted(other, package, "2.0.0") == digest
    other.close()
    builder = open_designer(page, app)
    drawn(page, digest)
    assert element_of(page, app) == before
    builder.publish("The newer ring.", 2)
