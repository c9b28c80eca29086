"""Which tag plays which role, as an integrator says it: suggested, by hand, many at once, from a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.builder import DESKTOP, PART_MS, Builder, box_of
from tests.e2e.test_first_app import set_up
from tests.support.processes import Processes
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("checkbox", name=f"Choose {name}", exact=True))


def by_suggestion(page: Page) -> None:
    """One role loses its tag and gets it back; then three at once."""
    table = page.get_by_role("region", name="Mapping")
    search = page.get_by_role("searchbox", name="Search machine, role, tag")
    search.fill("press 1 temperature")
    temperature = row(page, "Press 1 · Temperature")
    tag = temperature.get_by_role("combobox").input_value()
    temperature.get_by_role("button", name=re.compile("^Remove from this role")).click()
    expect(temperature.get_by_role("combobox")).to_have_value("", timeout=PART_MS)
    page.get_by_role("button", name="Suggest", exact=True).click()
    expect(temperature).to_contain_text(tag, timeout=PART_MS)
    expect(temperature).to_contain_text(re.compile(r"Fits \d+ %"))
    temperature.get_by_role("button", name="Take", exact=True).click()
    page.get_by_role("combobox", name="Mapping").select_option(label="All")
    expect(temperature.get_by_role("combobox")).to_have_value(tag, timeout=PART_MS)

    search.fill("press 2")
    names = [f"Press 2 · {role}" for role in ("Speed", "Power", "Pressure")]
    for name in names:
        row(page, name).get_by_role("checkbox").check()
    chosen = page.get_by_role("status").filter(has_text="3 chosen")
    chosen.get_by_role("button", name="Remove from this role").click()
    for name in names:
        expect(row(page, name).get_by_role("combobox")).to_have_value("", timeout=PART_MS)
    page.get_by_role("button", name="Suggest", exact=True).click()
    page.get_by_role("button", name=re.compile(r"^Take all from 75 % \(3\)")).click(timeout=PART_MS)
    page.get_by_role("combobox", name="Mapping").select_option(label="All")
    for name in names:
        expect(row(page, name).get_by_role("combobox")).not_to_have_value("", timeout=PART_MS)
    search.fill("")
    expect(table).to_be_visible()


def by_spreadsheet(page: Page, folder: Path) -> None:
    """Out, changed, in again: first what is wrong, by line, then what would change, then the change."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").click()
    out = folder / "roles.csv"
    download.value.save_as(out)
    text = out.read_text("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    speed = next(line for line in lines if (line["asset"], line["role"]) == ("press_1", "speed"))
    power = next(line for line in lines if (line["asset"], line["role"]) == ("press_1", "power"))

    def write(rows: list[dict[str, str]]) -> Path:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        file = folder / "changed.csv"
        file.write_text(buffer.getvalue(), "utf-8")
        return file

    page.get_by_role("button", name="Import CSV").click()
    dialog = page.get_by_role("dialog", name="Import CSV")
    bad = write([{**speed, "tag": "no/such/tag"}, power, {**power, "asset": "no_such_asset"}])
    dialog.get_by_label("CSV file").set_input_files(bad)
    expect(dialog.get_by_text("2 lines with problems")).to_be_visible(timeout=PART_MS)
    expect(dialog.get_by_text("Line 2", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Line 4", exact=True)).to_be_visible()
    expect(dialog.get_by_role("button", name="Write these changes")).to_be_disabled()
    good = write([{**speed, "tag": power["tag"]}, {**power, "tag": speed["tag"]}])
    dialog.get_by_label("CSV file").set_input_files(good)
    expect(dialog.get_by_text("2 changed")).to_be_visible(timeout=PART_MS)
    dialog.get_by_role("button", name="Write these changes").click()
    expect(dialog).to_have_count(0, timeout=PART_MS)
    page.get_by_role("searchbox", name="Search machine, role, tag").fill("press 1 speed")
    expect(row(page, "Press 1 · Speed").get_by_role("combobox")).to_have_value(power["tag"], timeout=PART_MS)


def drop_an_asset(page: Page) -> None:
    """A machine dragged onto the page is its bound faceplate, with live values."""
    builder = Builder(page)
    page.goto("/")
    builder.new_app("Dropped")
    builder.left("Data")
    builder.search_data("Press 3")
    builder.drag(builder.row("Press 3"), 160, 80)
    first = page.get_by_role("menuitem").first
    if first.count():
        first.click()
    shown = page.locator("[data-element]")
    expect(shown.first).to_be_visible(timeout=PART_MS)
    expect(page.locator('[data-area=""]')).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    assert box_of(shown.first)["width"] > 200
    builder.saved()


def a_formula_decides(page: Page) -> None:
    """A formula is typed, its mistake explained while it is one; what it hides is gone in the preview."""
    builder = Builder(page)
    builder.search_data("press_1/speed")
    builder.show("Speed press_1/speed", "Value", 120, 330)
    builder.click(builder.inspector.get_by_role("button", name="Visibility and access", exact=True))
    section = builder.inspector.get_by_role("region", name="Visibility and access")
    builder.click(section.get_by_role("button", name="Choose data: Visible only if"))
    picker = page.get_by_role("dialog", name="Where does it come from?")
    builder.click(picker.get_by_role("tab", name="Formula"))
    builder.click(picker.get_by_role("button", name="Write a formula"))
    builder.click(section.get_by_role("button", name="Add a value"))
    builder.write(picker.get_by_role("searchbox"), "speed")
    builder.click(picker.get_by_role("treeitem", name="press_1/speed").first)
    section.get_by_role("combobox", name="Formula: Visible only if").click()
    page.keyboard.type(" > ")
    expect(section.get_by_text("The formula stops too early")).to_be_visible()
    page.keyboard.type("1000")
    expect(section.get_by_role("button", name=re.compile("^Choose another source for Visible"))).to_contain_text("No")
    expect(section.get_by_text("The formula stops too early")).to_have_count(0)
    builder.saved()
    preview = page.get_by_role("dialog")
    values = preview.locator("[data-type=value]").filter(has_text="Speed")
    builder.click(page.get_by_role("banner").get_by_role("button", name="Preview"))
    expect(preview).to_contain_text(re.compile(r"\d"), timeout=PART_MS)
    shown = values.count()
    builder.press("Escape")
    section.get_by_role("combobox", name="Formula: Visible only if").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("speed < 1000")
    page.keyboard.press("Escape")
    builder.saved()
    builder.click(page.get_by_role("banner").get_by_role("button", name="Preview"))
    expect(values).to_have_count(shown + 1, timeout=PART_MS)
    builder.press("Escape")


def test_roles_are_mapped_by_suggestion_by_hand_and_by_spreadsheet(
    browser: Browser, processes: Processes, tmp_path: Path
) -> None:
    stack = Stack(processes, tmp_path / "data")
    stack.wait_part("agent")
    page = browser.new_context(base_url=stack.url, viewport=DESKTOP, accept_downloads=True).new_page()
    set_up(page, stack)
    drop_an_asset(page)
    a_formula_decides(page)
    page.goto("/plant?tab=mapping")
    by_suggestion(page)
    by_spreadsheet(page, tmp_path)
