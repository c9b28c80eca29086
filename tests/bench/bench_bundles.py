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


def kilobytes(files: set[str]) -> float:
    """Sum of files, kB."""
    return sum(size(name) for name in files)


def page_files(pages: list[dict[str, Any]], base: set[str]) -> set[str]:
    """What these pages load: runtime, each kind of block on them, formulas where one of them computes something."""
    kinds = {one["type"] for page in pages for one in page.get("elements", {}).values()}
    files = base.union(*(files_of(key_of(f"components/{kind}/View.tsx")) for kind in kinds))
    return files | (formula_files() if '"expression"' in json.dumps(pages) else set())


def shipped(base: set[str]) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Sizes of each app's first page, of each page opened first, and of each shipped app once all of them have been."""
    homes: dict[str, float] = {}
    pages: dict[str, float] = {}
    apps: dict[str, float] = {}
    charts = files_of(key_of(CHARTS)) - base
    for app in sorted(TEMPLATES.iterdir()):
        found = [json.loads(path.read_text("utf-8")) for path in (app / "pages").glob("*.json")]
        # An app with a formula anywhere fetches them before its first page.
        extra = formula_files() if '"expression"' in json.dumps(found) else set()
        home = json.loads((app / "app.json").read_text("utf-8"))["home"]
        for page in found:
            loaded = kilobytes((page_files([page], base) | extra) - charts)
            pages[f"{app.name}/{page['id']}"] = loaded
            if page["id"] == home:
                homes[app.name] = loaded
        apps[app.name] = kilobytes(page_files(found, base) - charts)
    return homes, pages, apps


def run() -> list[Row]:
    """The rows of this bench."""
    shell = files_of("index.html")
    runtime = shell | files_of(key_of("src/shell/AppScreen.tsx"))
    views = [key for key in manifest() if key.startswith("components/") and key.endswith("/View.tsx")]
    every = runtime.union(*(files_of(key) for key in views)) | formula_files()
    charts = files_of(key_of(CHARTS)) - runtime
    homes, pages, apps = shipped(runtime)
    first = max(homes, key=lambda name: homes[name])
    heaviest, whole = max(pages, key=lambda name: pages[name]), max(apps, key=lambda name: apps[name])
    panels = [key for key in manifest() if key.startswith(("src/designer/", "src/forms/"))]
    designer = every.union(*(files_of(key) for key in [*panels, key_of("DesignScreen.tsx"), key_of("manifests.ts")]))
    peer = "FUXA 9,400; Node-RED dashboard 5,600 (as they are sent)"
    editors = "FUXA the same 9,400; Node-RED editor 11,900"
    return [
        Row("Shell alone (what every page loads)", kilobytes(shell), "kB", "", "", "manifest of the build, gzip"),
        Row("Shell and runtime, no block", kilobytes(runtime), "kB", "", "", "same"),
        Row(
            f"First load of the heaviest shipped app ({first})",
            homes[first],
            "kB",
            "≤ 200",
            peer,
            "no charts, no fonts",
        ),
        Row(f"Heaviest page of a shipped app ({heaviest})", pages[heaviest], "kB", "", "", "opened first; same"),
        Row(f"Every page of the shipped app with most kinds of blocks ({whole})", apps[whole], "kB", "", "", "same"),
        Row("Formulas, for an app that has one", kilobytes(formula_files() - runtime), "kB", "", "", "same"),
        Row("Charts, for a page that has one", kilobytes(charts), "kB", "", "uPlot 23, ECharts 201-375", "same"),
        Row(
            f"Shell, runtime, formulas and every one of {len(views)} blocks",
            kilobytes(every - charts),
            "kB",
            "",
            "",
            "same",
        ),
        Row(
            "Designer with every panel and every block",
            kilobytes(designer - charts),
            "kB",
            "≤ 600",
            editors,
            "same; no charts, no fonts",
        ),
    ]
