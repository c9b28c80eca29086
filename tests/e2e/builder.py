"""Builds apps as a person does: through what the browser shows, and counted action by action."""

from __future__ import annotations

import re

from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

#: Longest wait for a part of the designer on a loaded machine.
PART_MS = 20_000
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1440, "height": 900}


def box_of(locator: Locator) -> FloatRect:
    """Where something is drawn; fails where it is not."""
    box = locator.bounding_box()
    assert box is not None, f"{locator} is not drawn"
    return box


class Builder:
    """One person at the designer. Each click, drag, choice, text entry and command key counts one in `actions`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    @property
    def inspector(self) -> Locator:
        """The panel at the right."""
        return self.page.get_by_role("complementary", name="Properties")

    @property
    def elements(self) -> Locator:
        """What stands on the open page."""
        return self.page.locator("[data-element]")

    @property
    def versions(self) -> Locator:
        """What was published, and the way to publish."""
        return self.page.get_by_role("complementary", name="Versions")

    def click(self, target: Locator) -> None:
        target.click(timeout=PART_MS)
        self.actions += 1

    def choose(self, target: Locator, label: str) -> None:
        target.select_option(label=label, timeout=PART_MS)
        self.actions += 1

    def write(self, target: Locator, text: str) -> None:
        target.fill(text, timeout=PART_MS)
        self.actions += 1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.actions += 1

    def drag(self, source: Locator, x: float, y: float) -> None:
        """Drag onto the open page; `x` and `y` in screen px from its top left corner."""
        source.scroll_into_view_if_needed(timeout=PART_MS)
        start, page = box_of(source), box_of(self.page.locator('[data-area=""]'))
        self.page.mouse.move(start["x"] + start["width"] / 3, start["y"] + start["height"] / 2)
        self.page.mouse.down()
        self.page.mouse.move(page["x"] + x, page["y"] + y, steps=10)
        self.page.mouse.up()
        self.actions += 1

    def new_app(self, name: str) -> None:
        """From the home page into the designer with an empty page."""
        self.click(self.page.get_by_role("button", name="New app"))
        self.write(self.page.get_by_label("Name of the app"), name)
        self.click(self.page.get_by_role("button", name="Create"))
        expect(self.page.get_by_text("This page is empty")).to_be_visible(timeout=PART_MS)

    def left(self, name: str) -> None:
        """Show a part of the left panel."""
        rail = self.page.get_by_role("navigation", name="Blocks, data")
        button = rail.get_by_role("button", name=name, exact=True)
        if button.get_attribute("aria-pressed") != "true":
            self.click(button)

    def add_page(self, name: str, kind: str, surface: str = "Grid") -> None:
        self.left("Pages")
        self.click(self.page.get_by_role("button", name="Add a page"))
        self.write(self.page.get_by_label("Name of the page"), name)
        self.click(self.page.get_by_role("radio", name=re.compile(f"^{kind}")))
        self.click(self.page.get_by_role("radio", name=re.compile(f"^{surface}")))
        self.click(self.page.get_by_role("button", name="Add", exact=True))
        expect(self.page.get_by_text("This page is empty")).to_be_visible(timeout=PART_MS)

    def open_page(self, name: str) -> None:
        self.choose(self.page.get_by_role("banner").get_by_role("combobox", name="Page"), name)

    def row(self, name: str) -> Locator:
        """A row of the plant in the left panel."""
        return self.page.get_by_role("tree", name="Data").get_by_role("treeitem", name=name).first

    def search_data(self, word: str) -> None:
        self.left("Data")
        self.write(self.page.get_by_role("searchbox", name="Search machine"), word)

    def show(self, role: str, block: str, x: float, y: float) -> None:
        """Drag a role onto the page and take a block for it."""
        count = self.elements.count()
        self.drag(self.row(role), x, y)
        self.click(self.page.get_by_role("menuitem", name=re.compile(f"^{block}")))
        expect(self.elements).to_have_count(count + 1, timeout=PART_MS)

    def put(self, block: str, x: float, y: float) -> None:
        """Search a block and drag it onto the page; it is selected then."""
        count = self.elements.count()
        self.left("Blocks")
        self.write(self.page.get_by_role("searchbox", name="Search blocks"), block)
        entry = self.page.locator("[data-entry]").filter(has_text=re.compile(f"^{block}$"))
        self.drag(entry.first, x, y)
        expect(self.elements).to_have_count(count + 1, timeout=PART_MS)

    def bind(self, place: str, word: str, role: str) -> None:
        """Bind a place of the selected block to a role, found by a word."""
        self.click(self.inspector.get_by_role("button", name=f"Choose data: {place}"))
        picker = self.page.get_by_role("dialog", name="Where does it come from?")
        self.write(picker.get_by_role("searchbox"), word)
        self.click(picker.get_by_role("treeitem", name=role).first)
        expect(picker).to_have_count(0)

    def form_field(self, kind: str, label: str) -> None:
        """Add a field to the selected form."""
        self.click(self.inspector.get_by_role("button", name="Add to Fields", exact=True))
        self.choose(self.inspector.get_by_label("Kind", exact=True).first, kind)
        self.write(self.inspector.get_by_role("textbox", name="Label", exact=True), label)
        self.click(self.inspector.get_by_role("button", name=label, exact=True))

    def saved(self) -> None:
        expect(self.page.locator("header [data-state=saved]")).to_be_visible(timeout=PART_MS)

    def publish(self, note: str, no: int) -> None:
        """Publish the draft; it becomes version `no`."""
        self.click(self.page.get_by_role("banner").get_by_role("button", name="Publish"))
        panel = self.page.get_by_role("region", name="Publish a new version")
        self.write(panel.get_by_label("What is new"), note)
        self.click(panel.get_by_role("button", name="Publish", exact=True))
        expect(self.versions.get_by_text(f"Version {no} is live", exact=True)).to_be_visible(timeout=PART_MS)

    def roll_back(self, no: int) -> None:
        """Make an older version live again."""
        entry = self.page.get_by_role("article", name=re.compile(f"^{no} "))
        self.click(entry.get_by_role("button", name="Make live"))
        sure = self.page.get_by_role("alertdialog", name=f"Make version {no} live?")
        self.click(sure.get_by_role("button", name="Make live"))
        expect(self.versions.get_by_text(f"Version {no} is live again")).to_be_visible(timeout=PART_MS)


def manual_tag(builder: Builder, name: str, kind: str, unit: str | None = None) -> None:
    """On the Plant page: a tag whose values people type, at the first machine."""
    page = builder.page
    builder.click(page.get_by_role("button", name="Manual tag"))
    dialog = page.get_by_role("dialog", name="New manual tag")
    builder.write(dialog.get_by_label("Name", exact=True), name)
    builder.choose(dialog.get_by_label("Kind of value"), kind)
    if unit:
        builder.write(dialog.get_by_label("Unit"), unit)
    builder.click(dialog.get_by_role("button", name="Make the tag"))
    expect(dialog).to_have_count(0, timeout=PART_MS)
