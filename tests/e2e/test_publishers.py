"""The page of trusted publishers: who may see it, what it says while it fails, a key that comes and goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS
from tests.e2e.test_build_an_app import add_operator
from tests.e2e.test_code_blocks import interlock
from tests.e2e.test_first_app import PASSWORD, set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
LIST = re.compile(r"/api/v1/publishers$")
ONE = re.compile(r"/api/v1/publishers/[0-9a-f]{64}$")
NONE = "No publisher is trusted yet"
APP = "line_overview"
Site = tuple[Page, Stack]


@pytest.fixture
def site(browser: Browser, processes: Processes, tmp_path: Path) -> Iterator[Site]:
    stack = Stack(processes, tmp_path / "data")
    context = browser.new_context(
        base_url=stack.url, viewport=DESKTOP, color_scheme="light", locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    set_up(page, stack)
    yield page, stack
    context.close()
    stack.close()


def broken(route: Route) -> None:
    route.fulfill(status=503, content_type="text/plain", body="a proxy's page")


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def without_permission(browser: Browser, stack: Stack) -> None:
    """An operator who follows a link to the page."""
    add_operator(stack)
    context = browser.new_context(base_url=stack.url, viewport=DESKTOP, locale="en-GB", reduced_motion="reduce")
    page = context.new_page()
    page.goto("/publishers")
    page.fill("input[name=username]", "otto")
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    expect(page.get_by_text("Your role does not see this list")).to_be_visible(timeout=PART_MS)
    expect(page.get_by_text("Ask an administrator if your work needs it.")).to_be_visible()
    expect(page.get_by_role("main").get_by_role("alert")).to_have_count(0)  # nothing is broken
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("link", name="Trusted publishers")).to_have_count(0)
    survey = Survey(page)
    survey.look("no permission")
    context.close()
    assert survey.report() == ""


def failing(survey: Survey) -> None:
    """The list fails, fails again after a wait that is told, and comes."""
    page = survey.page
    waiting: list[Route] = []
    page.route(LIST, lambda route: waiting.append(route))
    page.goto("/publishers")
    survey.look("loading")
    expect(page.get_by_text("Reading the list …")).to_be_attached(timeout=PART_MS)
    broken(waiting.pop())
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("The list cannot be read", timeout=PART_MS)
    retry = button(alert, "Try again")
    survey.look("failed", retry.focus)
    page.keyboard.press("Enter")
    trying = button(alert, "Trying again …")
    expect(trying).to_have_attribute("aria-busy", "true")
    expect(trying).to_be_focused()
    survey.look("trying again", lambda: page.keyboard.press("Enter"))  # a second press asks nothing more
    assert len(waiting) == 1
    broken(waiting.pop())
    expect(retry).to_be_focused(timeout=PART_MS)
    page.unroute(LIST)
    page.keyboard.press("Enter")
    expect(page.get_by_text(NONE)).to_be_visible(timeout=PART_MS)
    expect(alert).to_have_count(0)
    survey.look("empty")


def added(survey: Survey, key: Path) -> None:
    """A key is pasted, its fingerprint compared, and it is trusted."""
    page = survey.page
    survey.look("a key is asked for", button(page, "Add a key").click)
    dialog = page.get_by_role("dialog", name="Add a key")
    text = dialog.get_by_label("Content of the .pub file")
    text.fill("no key")
    survey.look("no key", button(dialog, "Show the fingerprint").click)
    expect(dialog.get_by_role("alert")).to_contain_text("not a publisher's public key")
    text.fill(key.read_text("utf-8"))
    survey.look("its fingerprint", button(dialog, "Show the fingerprint").click)
    assert dialog.evaluate("dialog => dialog !== document.activeElement && dialog.contains(document.activeElement)")
    dialog.get_by_label("Name of the publisher").fill("Acme")
    dialog.get_by_label("Note").fill("Compared by phone")
    dialog.get_by_label("I compared the fingerprint with its publisher").check()
    survey.look("compared")
    button(dialog, "Trust this key").click()
    expect(page.get_by_role("status").filter(has_text="Acme is trusted now.")).to_be_visible(timeout=PART_MS)
    expect(page.get_by_role("article", name="Acme")).to_contain_text("Nothing here is signed with it.")
    button(page, "Add a key").click()
    text.fill(key.read_text("utf-8"))
    survey.look("known already", button(dialog, "Show the fingerprint").click)
    expect(dialog).to_contain_text("This key is trusted already, as Acme.")
    expect(dialog.get_by_label("Note")).to_have_value("Compared by phone")  # saving must not lose it
    button(dialog, "Another key").click()
    expect(text).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def drafted(page: Page, folder: Path) -> None:
    """An app of this publisher is taken in as a draft alone; the key says that it is used."""
    package = folder / "hall.lego.zip"
    package.write_bytes(page.request.get(f"/api/v1/apps/{APP}/package?of=current").body())
    interlock(folder, "app", "sign", package.name, "--key", "acme.key")
    page.goto("/")
    button(page, "Import an app").click()
    page.locator("input[name=package]").set_input_files(package)
    dialog = page.get_by_role("dialog", name="Import an app")
    expect(dialog.get_by_text("Signed by Acme, whom you trust")).to_be_visible(timeout=PART_MS)
    dialog.get_by_label("Install as").fill("hall")
    dialog.get_by_label("Only as a draft, to be looked at first").check()
    button(dialog, "Install").click()
    page.wait_for_url("**/design/hall", timeout=PART_MS)
    page.goto("/publishers")
    used = page.get_by_role("article", name="Acme")
    expect(used.get_by_text("Drafts from its packages")).to_be_visible(timeout=PART_MS)
    expect(used.get_by_role("definition")).to_have_text(["hall"])


def withdrawn(survey: Survey) -> None:
    """Asked first, left by Escape, refused once, then done; what the keyboard stood on is never lost."""
    page = survey.page
    remove = button(page, "Remove Acme")
    survey.look("asked", remove.click)
    question = page.get_by_role("alertdialog", name="Trust Acme no longer?")
    expect(button(question, "Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(remove).to_be_focused()
    remove.click()
    page.route(ONE, broken)
    survey.look("not removed", button(question, "Remove the key").click)
    expect(question.get_by_role("alert")).to_be_visible()
    page.unroute(ONE)
    page.route(LIST, broken)
    button(question, "Remove the key").click()
    expect(page.get_by_role("status").filter(has_text="Acme is trusted no longer.")).to_be_visible(timeout=PART_MS)
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("Below it stands as it was read before.")
    expect(page.get_by_role("article")).to_have_count(0)  # gone, though the list is an old one
    assert page.evaluate("document.activeElement !== document.body")
    page.unroute(LIST)
    button(alert, "Try again").click()
    expect(page.get_by_text(NONE)).to_be_visible(timeout=PART_MS)


def test_publishers_from_no_permission_to_a_key_withdrawn(site: Site, browser: Browser, tmp_path: Path) -> None:
    page, stack = site
    interlock(tmp_path, "app", "keygen", "acme")
    without_permission(browser, stack)
    survey = Survey(page)
    failing(survey)
    added(survey, tmp_path / "acme.pub")
    drafted(page, tmp_path)
    survey.look("a publisher")
    withdrawn(survey)
    assert survey.report() == ""
