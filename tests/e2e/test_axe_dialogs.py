"""axe-core finds nothing serious in what opens over a page: dialogs, pickers, menus; nor in the designer on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.axe import Survey
from tests.e2e.builder import DESKTOP, PART_MS, PHONE, Builder
from tests.e2e.test_first_app import set_up
from tests.support.platform_client import PlatformClient
from tests.support.processes import Processes
from tests.support.stack import Stack, create_token

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
APP = "line_overview"
OVERVIEW = f"/apps/{APP}/draft/files/pages/overview.json"
PREVIEWS = ("Simulated", "Standing example", "Replayed history")
Site = tuple[Page, Stack]


@pytest.fixture
def site(browser: Browser, processes: Processes, tmp_path: Path) -> Iterator[Site]:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    # Without motion: a colour on its way from one theme to the other is in neither.
    context = browser.new_context(
        base_url=stack.url, viewport=DESKTOP, color_scheme="light", locale="en-GB", reduced_motion="reduce"
    )
    page = context.new_page()
    set_up(page, stack)
    yield page, stack
    context.close()
    stack.close()


def escape(page: Page) -> None:
    page.keyboard.press("Escape")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def more(page: Page, entry: str) -> None:
    button(page, "More").click()
    page.get_by_role("menuitem", name=entry).click()


def over_an_app(survey: Survey) -> None:
    """What opens over a page of an app."""
    page = survey.page
    page.goto(f"/app/{APP}")
    value = page.locator("[data-element][data-type=value]").first
    expect(value).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    survey.look("choosing what to explain", button(page, "Explain").click)
    survey.look("explanation", value.get_by_role("button").last.click)
    escape(page)
    survey.look("share", button(page, "Share").click)
    escape(page)
    survey.look("the past", button(page, "As of").click)
    button(page, "Back to live").click()
    survey.look("details of a tag", value.click)
    escape(page)
    survey.look("menu of the user", page.get_by_role("button", name=re.compile("^anna")).click)
    survey.look("times and units", button(page, "Times and units").click)
    page.goto("/app/press_station/station")
    setpoint = page.locator("[data-type=setpoint]")
    expect(setpoint).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    setpoint.get_by_role("button").first.click()
    survey.look("before a write", setpoint.get_by_role("button", name="Apply").click)
    expect(page.get_by_role("dialog")).to_be_visible()
    escape(page)
    survey.look("a page as a dialog", button(page, "All values of this press").click)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.goto("/app/press_station/handover")
    survey.look("number pad", page.locator("[data-type=form] input").first.click)


def over_the_product(survey: Survey) -> None:
    """What opens over home, plant and explore."""
    page = survey.page
    page.goto("/")
    survey.look("new app", button(page, "New app").click)
    escape(page)
    package = page.request.get(f"/api/v1/apps/{APP}/package?of=current").body()
    survey.look("import", button(page, "Import an app").click)
    chosen = {"name": "line.lego.zip", "mimeType": "application/zip", "buffer": package}
    survey.look("import, inspected", lambda: page.locator("input[name=package]").set_input_files(chosen))  # type: ignore[arg-type]
    expect(page.get_by_role("dialog").get_by_text("Not signed")).to_be_visible(timeout=PART_MS)
    escape(page)
    page.goto("/plant?tab=mapping")
    survey.look("manual tag", button(page, "Manual tag").click)
    escape(page)
    survey.look("mapping as CSV", page.get_by_role("button", name=re.compile("CSV")).first.click)


def new_app(survey: Survey) -> None:
    """The first minutes of a builder: empty page, tour, pages from machines, blocks of one's own."""
    page = survey.page
    builder = Builder(page)
    page.goto("/")
    builder.new_app("Seen")
    survey.look("empty page")
    survey.look("tour", lambda: more(page, "Short tour"))
    for stop in range(2, 6):
        survey.look(f"tour, stop {stop}", button(page, "Next").click)
    button(page, "Done").click()
    survey.look("start from machines", lambda: more(page, "Start from my machines"))
    button(page, "Make the pages").click()
    expect(builder.elements.first).to_be_visible(timeout=PART_MS)
    survey.look("made pages")
    element = builder.elements.first
    element.click(position={"x": 6, "y": 6})
    survey.look("menu of an element", lambda: element.click(button="right", position={"x": 6, "y": 6}))
    survey.look("make a block", page.get_by_role("menuitem", name="Make a block").click)
    button(page, "Cancel").click()
    builder.left("Data")
    survey.look("add as", page.get_by_role("tree", name="Data").get_by_role("treeitem").nth(3).click)
    escape(page)
    builder.left("Pages")
    survey.look("add a page", button(page, "Add a page").click)
    escape(page)


def pickers(survey: Survey) -> None:
    """Every tab of "where does it come from", and the formula."""
    page = survey.page
    builder = Builder(page)
    page.goto(f"/design/{APP}")
    element = page.locator("[data-element][data-type=value]").first
    element.click(position={"x": 6, "y": 6}, timeout=PART_MS)
    source = builder.inspector.get_by_role("button", name="Choose another source for Value")
    source.click()
    dialog = page.get_by_role("dialog", name="Where does it come from?")
    for tab in dialog.get_by_role("tab").all_inner_texts():
        survey.look(f"picker, {tab}", dialog.get_by_role("tab", name=tab).click)
    dialog.get_by_role("tab", name="Constant").click()
    survey.look("bound to a constant", button(page, "Use this value").click)
    source.click()
    dialog.get_by_role("tab", name="Formula").click()
    survey.look("formula", button(page, "Write a formula").click)
    survey.look("value of a formula", page.get_by_role("button", name="Add a value").first.click)
    escape(page)
    for _ in range(2):
        page.keyboard.press("Control+z")


def versions(survey: Survey) -> None:
    """A version beside the draft, in words and on the page, and the preview with each kind of data."""
    page = survey.page
    builder = Builder(page)
    page.goto(f"/design/{APP}")
    element = page.locator("[data-element][data-type=value]").first
    element.click(position={"x": 6, "y": 6}, timeout=PART_MS)
    builder.inspector.get_by_role("textbox", name="Title").first.fill("Changed")
    builder.saved()
    button(page, "Versions").click()
    survey.look("comparison", button(page, "Compare with the draft").first.click)
    survey.look("comparison on the page", button(page, "Show on the page").click)
    page.get_by_role("dialog", name="Show on the page").get_by_role("button", name="Close").click()
    button(page, "Back to the versions").click()
    survey.look("question before a version is taken", button(page, "Take into the draft").first.click)
    button(page, "Cancel").click()
    survey.look("preview", button(page, "Preview").click)
    dialog = page.get_by_role("dialog", name="Preview")
    for data in PREVIEWS:
        survey.look(f"preview, {data}", lambda data=data: dialog.get_by_label("Data").select_option(label=data))  # type: ignore[misc]
    dialog.get_by_label("Theme").select_option(label="Dark")
    survey.look("preview in dark")
    button(page, "Close the preview").click()


def conflict(survey: Survey, stack: Stack) -> None:
    """Another has changed the same title while this browser was away."""
    page = survey.page
    builder = Builder(page)
    page.goto(f"/design/{APP}")
    element = page.locator("[data-element][data-type=value]").first
    element.click(position={"x": 6, "y": 6}, timeout=PART_MS)
    name = str(element.get_attribute("data-element"))
    builder.saved()
    page.context.set_offline(True)
    builder.inspector.get_by_role("textbox", name="Title").first.fill("Mine")
    client = PlatformClient(stack.url, create_token(stack.data, "admin"))
    draft = client.call("GET", f"/apps/{APP}/draft")["files"]
    (file,) = [one for one in draft if one["path"] == "pages/overview.json"]
    content = json.loads(json.dumps(file["content"]))
    content["elements"][name]["props"]["title"] = {"en": "Theirs", "zh-CN": "Theirs"}
    client.call("PUT", OVERVIEW, content, {"If-Match": f'"{file["etag"].strip(chr(34))}"'})
    page.context.set_offline(False)
    mark = page.locator("header [data-state=conflict]")
    expect(mark).to_be_visible(timeout=PART_MS)
    keep = button(page, "Keep mine")
    survey.look("conflict", lambda: None if keep.is_visible() else mark.click())
    expect(keep).to_be_visible()
    keep.click()
    builder.saved()


def phone(survey: Survey) -> None:
    """The designer on a screen of 390 × 844."""
    page = survey.page
    builder = Builder(page)
    page.set_viewport_size(PHONE)
    page.goto(f"/design/{APP}")
    expect(builder.elements.first).to_be_visible(timeout=PART_MS)
    survey.look("phone")
    for tab in ("Blocks", "Data", "Outline", "Pages"):
        survey.look(f"phone, {tab}", lambda tab=tab: builder.left(tab))  # type: ignore[misc]
    survey.look("phone, properties", button(page, "Properties").last.click)
    survey.look("phone, publish", page.get_by_role("banner").get_by_role("button", name="Publish").click)
    survey.look("phone, tour", lambda: more(page, "Short tour"))
    escape(page)
    survey.look("phone, start from machines", lambda: more(page, "Start from my machines"))
    escape(page)
    survey.look("phone, preview", button(page, "Preview").click)


def test_nothing_serious_over_the_pages(site: Site) -> None:
    survey = Survey(site[0])
    over_an_app(survey)
    over_the_product(survey)
    assert survey.report() == ""


def test_nothing_serious_while_building(site: Site) -> None:
    page, stack = site
    survey = Survey(page)
    new_app(survey)
    pickers(survey)
    versions(survey)
    conflict(survey, stack)
    phone(survey)
    assert survey.report() == ""
