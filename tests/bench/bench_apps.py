"""Checking and publishing an app of 200 pages with 500 elements each, in a real database on this disk."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from platform_core.auth.accounts import Accounts
from platform_core.auth.clock import now_us
from platform_core.db import Database, open_database
from platform_core.db.assets import AssetRow
from platform_core.services.app_rows import as_draft, new_app, put_file, texts_of
from platform_core.services.apps import Apps
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.findings import errors_of
from tests.bench.row import Row
from tests.support.large_app import MACHINES, large_app

PAGES = int(os.environ.get("INTERLOCK_BENCH_PAGES", "200"))
ELEMENTS = 500
COMPONENTS = Path(__file__).parents[2] / "platform_core" / "web" / "components"
TENANT, APP, PAGE = "factory", "large", "pages/page_007.json"


def _fill(database: Database) -> None:
    Accounts(database).ensure_tenant(TENANT)
    with database.write() as session:
        for number in range(MACHINES):
            session.add(AssetRow(tenant=TENANT, id=f"press_{number}", name=f"Press {number}"))
        row = new_app(session, TENANT, APP, now_us())
        for file in as_draft(texts_of(large_app(PAGES, ELEMENTS)), now_us(), "mona").values():
            put_file(session, row, file)


def _edit(apps: Apps, number: int) -> None:
    """One property of one element, as the designer saves it."""
    file = apps.drafts.file(TENANT, APP, PAGE)
    assert file is not None
    page = json.loads(file.content)
    next(iter(page["elements"].values()))["props"]["title"] = {"en": f"Edit {number}", "zh-CN": "改"}
    apps.drafts.write(TENANT, APP, PAGE, page, expected=file.hash, author="mona")


@dataclass(frozen=True, slots=True)
class _Time:
    """How long something took, and how much of a core's time: other work does not lengthen the latter."""

    wall_s: float
    cpu_s: float


def _timed(what: Callable[[], object]) -> _Time:
    wall, cpu = time.perf_counter(), time.process_time()
    what()
    return _Time(time.perf_counter() - wall, time.process_time() - cpu)


def _row(name: str, took: _Time, budget: str, method: str) -> Row:
    method += f"; {took.cpu_s:.1f} s of CPU; load {os.getloadavg()[0]:.1f}"
    return Row(f"App of {PAGES} pages × {ELEMENTS} elements: {name}", took.wall_s, "s", budget, "", method)


def _check(apps: Apps) -> None:
    found = apps.drafts.check(TENANT, APP)
    assert found is not None
    assert not errors_of(found)


def run() -> list[Row]:
    """The rows of this bench."""
    components = ComponentCatalog.from_folder(COMPONENTS)
    assert not components.is_empty, "build the web app first: it brings the manifests"
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(Path(folder))
        try:
            _fill(database)
            check = _timed(lambda: _check(Apps(database, components)))
            publish = _timed(lambda: Apps(database, components).publish(TENANT, APP, "first", "mona"))
            apps = Apps(database, components)
            _check(apps)
            again = []
            for number in range(5):
                _edit(apps, number)
                again.append(_timed(lambda: _check(apps)))
            published_again = _timed(lambda: apps.publish(TENANT, APP, "second", "mona"))
        finally:
            database.close()
    middle = sorted(again, key=lambda took: took.wall_s)[len(again) // 2]
    return [
        _row("check, nothing known before", check, "≤ 8 s", "real database"),
        _row("check after an edit of one page", middle, "≤ 1 s", f"median of {len(again)}"),
        _row("publish, nothing known before", publish, "≤ 12 s", "check, tests, release"),
        _row("publish after an edit of one page", published_again, "", "same"),
    ]
