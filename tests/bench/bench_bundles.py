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


def app_files(app: str, base: set[str]) -> set[str]:
    """What a whole shipped app loads: runtime, each kind of block on any page, formulas where it has one."""
    texts = [path.read_text("utf-8") for path in (TEMPLATES / app / "pages").glob("*.json")]
    kinds = {one["type"] for text in texts for one in json.loads(text).get("elements", {}).values()}
    files = base.union(*(files_of(key_of(f"components/{kind}/View.tsx")) for kind in kinds))
    return files | (formula_files() if any('"expression"' in text for text in texts) else set())


def run() -> list[Row]:
    """The rows of this bench."""
    shell = files_of("index.html")
    runtime = shell | files_of(key_of("src/shell/AppScreen.tsx"))
    views = [key for key in manifest() if key.startswith("components/") and key.endswith("/View.tsx")]
    every = runtime.union(*(files_of(key) for key in views)) | formula_files()
    charts = files_of(key_of(CHARTS)) - runtime
    apps = {app.name: kilobytes(app_files(app.name, runtime) - charts) for app in TEMPLATES.iterdir() if app.is_dir()}
    heaviest = max(apps, key=lambda name: apps[name])
    panels = [key for key in manifest() if key.startswith(("src/designer/", "src/forms/"))]
    designer = every.union(*(files_of(key) for key in [*panels, key_of("DesignScreen.tsx"), key_of("manifests.ts")]))
    peer = "FUXA 9,400; Node-RED dashboard 5,600 (as they are sent)"
    editors = "FUXA the same 9,400; Node-RED editor 11,900"
    return [
        Row("Shell alone (what every page loads)", kilobytes(shell), "kB", "", "", "manifest of the build, gzip"),
        Row("Shell and runtime, no block", kilobytes(runtime), "kB", "", "", "same"),
        Row(
            f"Heaviest shipped app whole ({heaviest})", apps[heaviest], "kB", "≤ 200", peer, "same; no charts, no fonts"
        ),
        Row("Formulas, for an app that has one", kilobytes(formula_files() - runtime), "kB", "", "", "same"),
        Row("Charts, for a page that has one", kilobytes(charts), "kB", "", "uPlot 23, ECharts 201-375", "same"),
        Row(
            f"Shell, runtime, formulas and every one of {len(views)} blocks",
            kilobytes(every - charts),
            "kB",
            "",
            "",
            "same; no app loads that",
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
