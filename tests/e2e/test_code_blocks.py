"""A block of another maker from its folder to a page at two plants: packed, signed, installed, bound, carried along."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, Route, expect

from tests.e2e.builder import DESKTOP, PART_MS, Builder
from tests.e2e.code_block_versions import (
    RING,
    another_version,
    both_beside,
    choose,
    distrust,
    install_trusted,
    missing_and_back,
    trust_key,
)
from tests.e2e.test_first_app import set_up
from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]
EXAMPLE = ROOT / "app_designer" / "components" / "sandbox_demo"
NAME = "Ring by Acme"
APP = "ringed"
LIST = re.compile(r"/api/v1/code-blocks$")
#: The example, and on a press it asks the page to copy its number.
COPIES = """
addEventListener("click", () => {
  void interlock.copy("copied " + parts.number.textContent).then(({ ok }) => {
    document.body.dataset.copied = String(ok);
  });
});
"""


def interlock(folder: Path, *words: str) -> str:
    line = [sys.executable, "-m", "interlock", *words]
    env_free = {"cwd": folder, "capture_output": True, "text": True, "timeout": 120, "check": False}
    done = subprocess.run(line, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}, **env_free)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The example as a firm named Acme would make, pack and sign it."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / RING))
    manifest = json.loads((folder / "component.json").read_text("utf-8"))
    manifest |= {"id": RING, "capabilities": ["clipboard"]}
    manifest["meta"]["name"] = {"en": NAME, "zh-CN": "Acme 环形图"}
    (folder / "component.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "block.js").write_text((folder / "block.js").read_text("utf-8") + COPIES, "utf-8")
    (folder / "LICENSE").write_text("MIT\n", "utf-8")
    interlock(tmp_path, "app", "keygen", "acme")
    newer = json.dumps({**manifest, "version": "2.0.0"})
    (folder / "component.json").write_text(newer, "utf-8")
    interlock(tmp_path, "component", "pack", RING, "-o", "newer.block.zip", "--key", "acme.key")
    (folder / "component.json").write_text(json.dumps(manifest), "utf-8")
    interlock(tmp_path, "component", "pack", RING, "-o", "ring.block.zip")
    interlock(tmp_path, "component", "sign", "ring.block.zip", "--key", "acme.key")
    interlock(tmp_path, "component", "verify", "ring.block.zip", "--trust", "acme.pub")
    return tmp_path / "ring.block.zip"


def tampered(package: Path, to: Path) -> Path:
    """The same package with other code in it."""
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, b"interlock.block({mount() {}});" if name == "block.js" else old.read(name))
    return to


def installed(page: Page) -> list[tuple[str, str]]:
    return [(one["id"], one["hash"]) for one in page.request.get("/api/v1/code-blocks").json()]


def install(page: Page, package: Path) -> None:
    """By hand, on the page of block packages."""
    choose(page, package)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Signed with a key nobody here knows")).to_be_visible(timeout=PART_MS)
    expect(dialog.get_by_text("Fingerprint of the key")).to_be_visible()
    expect(dialog.get_by_text("copying a text after a press")).to_be_visible()
    button = dialog.get_by_role("button", name="Install", exact=True)
    expect(button).to_be_disabled()
    dialog.get_by_label("I know where this block comes from").check()
    button.click()
    expect(page.get_by_role("article", name=f"{RING} 1.0.0")).to_be_visible(timeout=PART_MS)


def copied(page: Page, frame: FrameLocator) -> str:
    """Presses the block, and tells whether the page copied for it."""
    frame.locator("button").click()
    expect(frame.locator("body")).to_have_attribute("data-copied", re.compile("true|false"), timeout=PART_MS)
    return frame.locator("body").get_attribute("data-copied") or ""


def opened(page: Page, path: str) -> FrameLocator:
    """The open app, once the block shows a number."""
    page.goto(path)
    frame = page.frame_locator(f"iframe[src^='/sandbox/{RING}/']")
    expect(frame.locator(".number")).to_have_text(re.compile(r"\d"), timeout=PART_MS)
    return frame


def new_context(browser: Browser, stack: Stack) -> BrowserContext:
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return context


def build(page: Page) -> tuple[str, str]:
    """An app with the block, bound and published through the browser; its address and its hash."""
    builder = Builder(page)
    page.goto("/")
    builder.new_app(APP)
    builder.put(NAME, 120, 80)
    builder.bind("Value", "temperature", "Temperature")
    builder.saved()
    builder.publish("With a block of Acme.", 1)
    released = page.request.get(f"/api/v1/apps/{APP}/releases").json()[0]
    return f"/app/{APP}", str(released["hash"])


def arrives(browser: Browser, other: Stack, carried: Path, digest: str, first: list[tuple[str, str]]) -> None:
    """At another plant: the app is imported, the key of the block it brings trusted there; the same files arrive."""
    other.wait_part("agent")
    context = new_context(browser, other)
    page = context.new_page()
    set_up(page, other)
    assert installed(page) == []
    page.goto("/")
    page.get_by_role("button", name="Import an app").click()
    page.locator("input[name=package]").set_input_files(carried)
    dialog = page.get_by_role("dialog", name="Import an app")
    expect(dialog.get_by_role("heading", name=NAME)).to_be_visible(timeout=PART_MS)
    dialog.get_by_role("button", name="Trust this key").click()
    dialog.get_by_label("Name of the publisher").fill("Acme")
    dialog.get_by_label("I compared the fingerprint with its publisher").check()
    dialog.get_by_role("form", name="Trust this key").get_by_role("button", name="Trust this key").click()
    expect(dialog.get_by_text("Signed by Acme, whom you trust")).to_be_visible(timeout=PART_MS)
    dialog.get_by_label("I know where this package comes from").check()
    button = dialog.get_by_role("button", name="Install", exact=True)
    expect(button).to_be_disabled()
    dialog.get_by_label("Install these blocks as well").check()
    button.click()
    expect(page).to_have_url(re.compile(f"/app/{APP}"), timeout=PART_MS)
    assert page.request.get(f"/api/v1/apps/{APP}/releases").json()[0]["hash"] == digest
    assert installed(page) == first
    frame = opened(page, f"/app/{APP}")
    assert copied(page, frame) == "false"
    context.close()


def list_fails(page: Page) -> None:
    """The list cannot be read, then may not be seen, and comes again."""
    answers = [503, 403]

    def answer(route: Route) -> None:
        route.fulfill(status=answers[0], content_type="text/plain", body="a proxy's page")

    page.route(LIST, answer)
    page.goto("/blocks")
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("The list cannot be read", timeout=PART_MS)
    answers.pop(0)
    alert.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Your role does not see this list")).to_be_visible(timeout=PART_MS)
    expect(alert).to_have_count(0)
    page.unroute(LIST, answer)
    page.reload()
    expect(page.get_by_role("article", name=f"{RING} 1.0.0")).to_be_visible(timeout=PART_MS)


def test_a_block_goes_from_a_folder_to_two_plants(
    browser: Browser, processes: Processes, tmp_path: Path, package: Path
) -> None:
    stack = Stack(processes, tmp_path / "first", name="first")
    stack.wait_part("agent")
    context = new_context(browser, stack)
    page = context.new_page()
    set_up(page, stack)

    choose(page, tampered(package, tmp_path / "tampered.block.zip"))
    expect(page.get_by_role("dialog").get_by_text(re.compile("not what the manifest says"))).to_be_visible(
        timeout=PART_MS
    )
    assert installed(page) == []
    install(page, package)
    assert len(installed(page)) == 1
    list_fails(page)

    path, digest = build(page)
    frame = opened(page, path)
    assert copied(page, frame) == "false"
    page.goto("/blocks")
    page.get_by_label("copying a text after a press").check()
    expect(page.get_by_label("copying a text after a press")).to_be_checked()
    frame = opened(page, path)
    assert copied(page, frame) == "true"
    assert page.evaluate("navigator.clipboard.readText()").startswith("copied ")
    carried = tmp_path / "ringed.lego.zip"
    carried.write_bytes(page.request.get(f"/api/v1/apps/{APP}/package").body())
    first = installed(page)

    trust_key(page, tmp_path / "acme.pub")
    newer = install_trusted(page, tmp_path / "newer.block.zip", "2.0.0")
    another_version(page, APP, first[0][1], newer)
    both_beside(page, APP, first[0][1], newer)
    missing_and_back(page, APP, tmp_path / "newer.block.zip", newer)
    distrust(page)
    context.close()
    stack.process.terminate()

    other = Stack(processes, tmp_path / "second", name="second")
    arrives(browser, other, carried, digest, first)
