"""axe-core on what a browser shows, in light and in dark."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.support.processes import ROOT

AXE = (ROOT / "app_designer" / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
#: Time for parts and values to come.
SETTLE_MS = 700
#: Time for colours to change.
REPAINT_MS = 250
RUN = """async (rules) => {
  const options = { resultTypes: ["violations"], ...(rules.length ? { runOnly: rules } : {}) };
  const found = await axe.run(document, options);
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""


def findings(page: Page, *rules: str) -> list[str]:
    """What axe calls serious or critical on what is shown now; of the named rules, or of all."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN, list(rules))
    return found


class Survey:
    """Looks at one place after the other: what axe found, and where."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.places: list[str] = []
        self._where: dict[str, list[str]] = {}

    def look(self, name: str, *ways: Callable[[], object]) -> None:
        """Go the ways, then look: at everything in light, at the colours again in dark."""
        for way in ways:
            way()
        self.page.wait_for_timeout(SETTLE_MS)
        self._note(name, findings(self.page))
        self.page.emulate_media(color_scheme="dark")
        self.page.wait_for_timeout(REPAINT_MS)
        self._note(f"{name}, dark", findings(self.page, "color-contrast"))
        self.page.emulate_media(color_scheme="light")
        self.places.append(name)

    def _note(self, name: str, found: list[str]) -> None:
        for finding in found:
            self._where.setdefault(finding, []).append(name)

    def report(self) -> str:
        """One line for each finding; empty when there is none."""
        return "\n".join(f"{finding} ({'; '.join(names)})" for finding, names in self._where.items())
