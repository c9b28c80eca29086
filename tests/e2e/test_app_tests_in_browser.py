"""`interlock app test --browser`: forms, timers, tables and what a hand does, in the real runtime of a real browser."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import browser_path
from tests.support.processes import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
FORM, PAD, TIMER, TAGS, ROWS, BLOCK = (f"el_{letter * 8}" for letter in "abcdef")
META = {"unit": "°C", "decimals": 1}
GIVEN = [{"asset": "press_1", "role": "temperature", "v": 85.25, "meta": META}]


def element(kind: str, props: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {"type": kind, "props_version": 1, "props": props or {}, **more}


def app() -> dict[str, Any]:
    """A form, a number pad, a timer, two tables and a block with a timer, below each other."""
    fields = [{"id": "batch", "kind": "text", "label": "Batch", "required": True}]
    target = {"source": "tag", "asset": "press_1", "role": "batch"}
    value = {"source": "tag", "asset": "press_1", "role": "*"}
    columns = [{"field": "name", "label": "Part"}, {"field": "n", "label": "Pieces"}]
    elements = {
        FORM: element("form", {"fields": fields}, bind={"/values/0": target}),
        PAD: element("number_pad", {"min": 0, "max": 50}),
        TIMER: element("timer"),
        TAGS: element("tag_table", {"columns": ["name", "value"]}, bind={"/tags": value}),
        ROWS: element("data_table", {"columns": columns, "rows": [["Lid", 4], ["Box", 7]]}),
        BLOCK: element("composite.pair"),
    }
    items = {name: {"x": 0, "y": 8 * n, "w": 8, "h": 8} for n, name in enumerate(elements)}
    inside = {"kind": "grid", "items": {TIMER: {"x": 0, "y": 0, "w": 6, "h": 4}}}
    return {
        "app.json": {"format": 1, "id": "tested", "name": {"en": "Tested"}, "version": "1.0.0", "home": "main",
                     "roles": [{"role": "temperature", "kind": "number", "unit": "°C"},
                               {"role": "batch", "kind": "s"}]},
        "pages/main.json": {"format": 1, "id": "main", "title": {"en": "Main"}, "elements": elements,
                            "layout": {"lg": {"kind": "grid", "items": items}}},
        "blocks/pair.1.json": {"format": 1, "id": "pair", "version": 1, "name": {"en": "Pair"},
                               "elements": {TIMER: element("timer")}, "layout": inside},
    }  # fmt: skip


def write(folder: Path, tests: dict[str, dict[str, Any]]) -> Path:
    base = {"format": 1, "page": "main", "given": GIVEN}
    files = app() | {f"tests/{name}.json": {**base, "id": name, "name": name, **test} for name, test in tests.items()}
    for path, document in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(document), "utf-8")
    return folder


def run(folder: Path, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
    command = [sys.executable, "-m", "platform_core", "app", "test", str(folder), "--json", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, {one["id"]: one for one in json.loads(done.stdout)}


def expect(kind: str, where: str | None, name: str, v: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, "v": v} | ({"element": where} if where else {})


def by_hand(where: str, event: str, **payload: Any) -> dict[str, Any]:
    return {"element": where, "event": event, "payload": payload}


FILLED = by_hand(FORM, "type", control="Batch", value="A7")
HOLDS: dict[str, dict[str, Any]] = {
    "empty": {"expect": [expect("output", FORM, "valid", False), expect("output", TIMER, "running", False)]},
    "filled": {"when": [FILLED], "expect": [expect("output", FORM, "valid", True)]},
    "written": {
        "when": [FILLED, by_hand(FORM, "click", control="Submit")],
        "expect": [expect("write", None, "press_1.batch", "A7")],
    },
    "typed": {
        "when": [by_hand(PAD, "click", control="4"), by_hand(PAD, "click", control="2")],
        "expect": [expect("output", PAD, "value", 42), expect("page", None, "", "main")],
    },
    "inside": {
        "when": [by_hand(f"{BLOCK}/{TIMER}", "click")],
        "expect": [
            expect("output", f"{BLOCK}/{TIMER}", "running", True),
            expect("output", TIMER, "running", False),
        ],
    },
    "cells": {
        "expect": [
            expect("cell", TAGS, "1/2", "85.3 °C"),
            expect("cell", ROWS, "Box/Pieces", "7"),
            expect("cell", ROWS, "1/Part", "Lid"),
        ]
    },
}
FAILS: dict[str, dict[str, Any]] = {
    "empty": {"expect": [expect("output", FORM, "valid", True)]},
    "cells": {"expect": [expect("cell", ROWS, "Box/Pieces", "8"), expect("cell", ROWS, "9/9", "7")]},
    "viewer": {"role": "viewer", "when": [FILLED, by_hand(FORM, "click", control="Submit")],
               "expect": [expect("write", None, "press_1.batch", "A7")]},
    "absent": {"when": [by_hand(PAD, "click", control="No such key")], "expect": [expect("page", None, "", "main")]},
}  # fmt: skip


def test_what_only_a_browser_knows_is_judged_in_one(tmp_path: Path) -> None:
    folder = write(tmp_path / "app", HOLDS)
    code, found = run(folder)
    assert code == 1
    assert not any(one["ok"] for one in found.values())
    assert all(one["failures"] == [] and one["browser"] for one in found.values())
    code, found = run(folder, "--browser", browser_path())
    assert {name: one["failures"] for name, one in found.items()} == {key: [] for key in HOLDS}
    assert code == 0
    assert all(one["ok"] and one["browser"] == [] for one in found.values())


def test_what_does_not_hold_fails_in_the_browser(tmp_path: Path) -> None:
    code, found = run(write(tmp_path / "app", FAILS), "--browser", browser_path())
    assert code == 1
    assert not any(one["ok"] for one in found.values())
    said = {name: [failure["en"] for failure in one["failures"]] for name, one in found.items()}
    assert "expected true, found false" in said["empty"][0]
    assert "expected “8”, found “7”" in said["cells"][0]
    assert "no such row or column" in said["cells"][1]
    assert "could not be done" in said["absent"][0]
    assert all("期望" in one["failures"][0]["zh-CN"] or "无法" in one["failures"][0]["zh-CN"] for one in found.values())


def test_without_a_browser_it_says_what_to_do(tmp_path: Path) -> None:
    folder = write(tmp_path / "app", {"empty": HOLDS["empty"]})
    command = [sys.executable, "-m", "platform_core", "app", "test", str(folder), "--browser", "/no/such/browser"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "There is no browser /no/such/browser" in done.stdout + done.stderr
