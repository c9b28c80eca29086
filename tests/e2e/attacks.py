"""Strings that run, or break out, wherever text is taken for markup, an address, a style or code; and who would see."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Page, Request

from tests.support.processes import ROOT

_LIST = json.loads((ROOT / "tests" / "attack_strings.json").read_text("utf-8"))
CALL: str = _LIST["call"]
#: Each way in on its own, and behind two of three ways out of what is around it: the web's unit tests take the same.
ATTACKS: list[str] = [
    way_out + way_in
    for first, way_out in enumerate(_LIST["frames"])
    for second, way_in in enumerate(_LIST["bodies"])
    if first == 0 or (first + second) % 3
]
#: What stands in the place of a block that failed.
BROKEN = "This block failed"
#: What an attack would leave in a page: an element or a handler of its own, an address that runs or leads elsewhere.
TRACES = r"""() => {
  const found = [];
  const own = (address) => address.startsWith(`${location.origin}/assets/`);
  // A text that became part of an address of ours is asked for here, and is not there.
  const here = (name, plain) => /^(href|src|action|formaction|poster|data)$/i.test(name) &&
    URL.canParse(plain, location.href) && new URL(plain, location.href).host === location.host;
  for (const one of document.querySelectorAll("body *")) {
    const tag = one.tagName.toLowerCase();
    const foreign = /^(object|embed|base|meta|math|mglyph|video|x)$/.test(tag) ||
      (tag === "script" && !own(one.src)) || (tag === "iframe" && !one.hasAttribute("sandbox"));
    if (foreign) found.push(one.outerHTML.slice(0, 160));
    for (const { name, value } of one.attributes) {
      if (/^on/i.test(name)) found.push(one.outerHTML.slice(0, 160));
      if (!/^(href|src|action|formaction|xlink:href|srcdoc|style|poster|data)$/i.test(name)) continue;
      const plain = [...value].filter((letter) => letter > " ").join("");
      const runs = /^(javascript|vbscript):|^data:text/i.test(plain);
      // A link to elsewhere is a person's choice; whatever else has an address is fetched without one.
      const leads = tag !== "a" && /attack\.invalid/i.test(plain) && !here(name, plain);
      if (runs || leads) found.push(`${tag} ${name}=${value.slice(0, 160)}`);
    }
  }
  return found;
}"""


def watch(page: Page, home: str) -> list[str]:
    """Everything that would show that a text ran, led away from `home` or broke the page."""
    faults: list[str] = []

    def dialog(shown: Dialog) -> None:
        faults.append(f"dialog {shown.message}")
        shown.dismiss()

    def request(asked: Request) -> None:
        address = urlsplit(asked.url)
        if address.scheme not in ("data", "blob") and address.netloc != urlsplit(home).netloc:
            faults.append(f"request {asked.url}")

    page.on("dialog", dialog)
    page.on("request", request)
    page.on("popup", lambda other: faults.append(f"window {other.url}"))
    page.on("pageerror", lambda error: faults.append(f"error {error.stack or error}"))
    page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    return faults


def executed(page: Page) -> bool:
    """Whether one of them ran."""
    ran: bool = page.evaluate("window.__executed !== undefined || ({}).executed !== undefined")
    return ran


def clean(name: str, page: Page, faults: list[str]) -> None:
    """Fails where one of them ran, became more than text, or broke a block."""
    left, broken = page.evaluate(f"() => [({TRACES})(), document.body.innerText.includes('{BROKEN}')]")
    assert left == [], f"{name}: {left}"
    assert not broken, name
    assert not executed(page), name
    assert faults == [], f"{name}: {faults}"


def traces(page: Page) -> list[str]:
    """What of them is more than text in the page."""
    found: list[str] = page.evaluate(TRACES)
    return found
