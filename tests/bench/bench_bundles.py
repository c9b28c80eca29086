"""What the browser loads, gzip, of the built web app: without fonts, and charts told by themselves."""

from __future__ import annotations

import gzip
import json
from functools import cache
from typing import Any

from tests.bench.browser_probe import WEB
from tests.bench.row import Row
from tests.support.processes import ROOT

KB = 1000
TEMPLATES = ROOT / "app_designer" / "templates"
CHARTS = "src/sdk/chart/TrendChart.tsx"


@cache
def manifest() -> dict[str, Any]:
    """Chunks as the build has written them down."""
    found: dict[str, Any] = json.loads((WEB / ".vite" / "manifest.json").read_text("utf-8"))
    return found


@cache
def size(name: str) -> float:
    """A file, gzip, kB."""
    return len(gzip.compress((WEB / name).read_bytes(), 9)) / KB


def key_of(end: str) -> str:
    """The chunk of a source."""
    return next(key for key in manifest() if key.endswith(end))


def files_of(key: str) -> set[str]:
    """Everything a chunk needs before it runs: itself, its styles, what it imports."""
    found: set[str] = set()
    waiting, seen = [key], set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        chunk = manifest()[one]
        found |= {chunk["file"], *chunk.get("css", ())}
        waiting += chunk.get("imports", ())
    return found


def formula_files() -> set[str]:
    """What an app with a formula fetches beside the runtime."""
    ahead = (name for chunk in manifest().values() for name in chunk.get("dynamicImports", ()))
    return files_of(next(name for name in ahead if name.startswith(("_formula-", "src/runtime/formula."))))


def block_key(kind: str) -> str:
    """The chunk of a kind of block."""
    return f"components/{kind}/component.json?block"


def kilobytes(files: set[str]) -> float:
    """Sum of files, kB."""
    return sum(size(name) for name in files)


def kinds_on(page: dict[str, Any], pages: dict[str, Any], seen: set[str]) -> set[str]:
    """The kinds of blocks drawn with a page: its own, and those of pages shown inside it."""
    seen.add(page["id"])
    kinds: set[str] = set()
    for element in page.get("elements", {}).values():
        kinds.add(element["type"])
        inside = pages.get(element["props"].get("page")) if element["type"] == "embedded_page" else None
        if inside and inside["id"] not in seen:
            kinds |= kinds_on(inside, pages, seen)
    return kinds


def shipped(base: set[str]) -> tuple[dict[str, float], dict[str, float]]:
    """Sizes of each page of a shipped app opened first, and of each app once all of them have been opened."""
    first: dict[str, float] = {}
    apps: dict[str, float] = {}
    for app in sorted(TEMPLATES.iterdir()):
        found = [json.loads(path.read_text("utf-8")) for path in (app / "pages").glob("*.json")]
        pages = {page["id"]: page for page in found}
        # An app with a formula anywhere fetches them before its first page.
        every = base | (formula_files() if '"expression"' in json.dumps(found) else set())
        start = every
        for page in found:
            loaded = start.union(*(files_of(block_key(kind)) for kind in kinds_on(page, pages, set())))
            first[f"{app.name}/{page['id']}"] = kilobytes(loaded)
            every = every | loaded
        apps[app.name] = kilobytes(every)
    return first, apps


def run() -> list[Row]:
    """The rows of this bench."""
    shell = files_of("index.html")
    runtime = shell | files_of(key_of("src/shell/AppScreen.tsx"))
    blocks = [key for key in manifest() if key.startswith("components/") and key.endswith("/component.json?block")]
    every = runtime.union(*(files_of(key) for key in blocks)) | formula_files()
    # Fetched by themselves: nothing that is counted elsewhere needs them.
    charts = files_of(key_of(CHARTS)) - every
    first, apps = shipped(runtime)
    heaviest, lightest = max(first, key=lambda name: first[name]), min(first, key=lambda name: first[name])
    whole = max(apps, key=lambda name: apps[name])
    panels = [key for key in manifest() if key.startswith(("src/designer/", "src/forms/"))]
    designer = every.union(*(files_of(key) for key in [*panels, key_of("DesignScreen.tsx"), key_of("manifests.ts")]))
    peer = "FUXA 9,400; Node-RED dashboard 5,600 (as they are sent)"
    editors = "FUXA the same 9,400; Node-RED editor 11,900"
    return [
        Row("Shell alone (what every page loads)", kilobytes(shell), "kB", "", "", "manifest of the build, gzip"),
        Row("Shell and runtime, no block", kilobytes(runtime), "kB", "", "", "same"),
        Row(
            f"Largest of the {len(first)} pages of the shipped apps, opened first ({heaviest})",
            first[heaviest],
            "kB",
            "≤ 200",
            peer,
            "no charts, no fonts",
        ),
        Row(f"Smallest of them ({lightest})", first[lightest], "kB", "", "", "same"),
        Row(f"Every page of the shipped app with most kinds of blocks ({whole})", apps[whole], "kB", "", "", "same"),
        Row("Formulas, for an app that has one", kilobytes(formula_files() - runtime), "kB", "", "", "same"),
        Row("Charts, for a page that has one", kilobytes(charts), "kB", "", "uPlot 23, ECharts 201-375", "same"),
        Row(
            f"Shell, runtime, formulas and every one of {len(blocks)} blocks",
            kilobytes(every),
            "kB",
            "",
            "",
            "same",
        ),
        Row(
            "Designer with every panel and every block",
            kilobytes(designer),
            "kB",
            "≤ 600",
            editors,
            "same; no charts, no fonts",
        ),
    ]
