"""The component linter: golden folders with what it says about them, its command line, its limits."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from platform_core.__main__ import main
from platform_core.component_lint import lint_folder
from platform_core.component_lint.command import line_of
from tests.contracts.tidy import ROOT

GOLDEN = ROOT / "tests" / "golden" / "component_lint"
CASES = sorted(path for path in GOLDEN.iterdir() if path.is_dir())
FINE = GOLDEN / "fine"


def said(folder: Path) -> str:
    lines = [line_of(folder, problem) for problem in lint_folder(folder)]
    return "".join(line.replace(f"{folder.relative_to(ROOT).as_posix()}/", "") + "\n" for line in lines)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_golden(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert said(case) == (case / "expected.txt").read_text("utf-8")


def test_the_golden_folders_are_enough() -> None:
    assert {path.name for path in CASES} >= {"fine", "props", "texts", "code", "examples", "migrations", "structure"}
    assert (FINE / "expected.txt").read_text("utf-8") == ""


def copy(to: Path, change: dict[str, Any]) -> Path:
    folder = to / "fine"
    shutil.copytree(FINE, folder)
    manifest = json.loads((folder / "component.json").read_text("utf-8"))
    (folder / "component.json").write_text(json.dumps({**manifest, **change}), "utf-8")
    return folder


def codes(folder: Path, web: Path | None = None) -> set[str]:
    return {problem.code for problem in lint_folder(folder, web)}


def test_the_command_tells_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["component", "lint", str(FINE)]) == 0
    bad = copy(tmp_path, {"capabilities": ["everything"]})
    assert main(["component", "lint", str(bad)]) == 1
    told = capsys.readouterr().out
    assert "component.json#/capabilities/0" in told
    assert "1 components, 1 problems" in told
    assert main(["component", "lint", str(tmp_path / "none")]) == 2


def test_a_budget_is_held_against_what_was_built(tmp_path: Path) -> None:
    folder = copy(tmp_path, {"runtime": {"budget_kb": 1}})
    web = tmp_path / "web"
    (web / ".vite").mkdir(parents=True)
    (web / "view.js").write_bytes(bytes(range(256)) * 4)
    built = {"components/fine/component.json?block": {"file": "view.js"}}
    (web / ".vite" / "manifest.json").write_text(json.dumps(built))
    assert codes(folder, web) == set()
    (web / "view.js").write_bytes(random.Random(1).randbytes(3000))
    assert codes(folder, web) == {"component.budget"}


@pytest.mark.parametrize("text", ["not json", "[]", '"x"', "{}"])
def test_no_manifest_breaks_it(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "fine"
    folder.mkdir()
    (folder / "component.json").write_text(text)
    assert codes(folder) <= {"component.json", "component.structure"}
    assert codes(folder)
    (folder / "component.json").write_text(" " * 300_000)
    assert codes(folder) == {"component.size"}
    assert codes(tmp_path / "none") == {"component.missing"}


def test_a_declared_capability_is_let_through(tmp_path: Path) -> None:
    folder = copy(tmp_path, {})
    (folder / "View.tsx").write_text("export default () => navigator.clipboard.writeText('a');\n")
    assert codes(folder) == {"component.capability"}
    declared = copy(tmp_path / "b", {"capabilities": ["clipboard"]})
    shutil.copy(folder / "View.tsx", declared)
    assert codes(declared) == set()


def test_an_event_must_not_be_called_what_a_hand_does(tmp_path: Path) -> None:
    event = {"label": {"en": "Pressed", "zh-CN": "按下"}, "description": "When it is pressed."}
    for name in ("tapped", "click", "type"):
        told = codes(copy(tmp_path / name, {"events": {name: event}}))
        assert ("component.reserved" in told) is (name != "tapped")


def test_what_stands_in_a_comment_is_no_code(tmp_path: Path) -> None:
    folder = copy(tmp_path, {})
    (folder / "View.tsx").write_text("// fetch( is not ours\n/* eval( */\nexport default () => null;\n")
    assert codes(folder) == set()


@pytest.mark.parametrize(("names", "told"), [("/kind", set()), ("/mode", {"component.condition"})])
def test_a_condition_names_a_member_of_the_object_it_stands_in(tmp_path: Path, names: str, told: set[str]) -> None:
    manifest = json.loads((FINE / "component.json").read_text("utf-8"))
    label = {"label": {"en": "One", "zh-CN": "一"}}
    members = {
        "kind": {"type": "string", "x-ui": label},
        "unit": {"type": "string", "x-ui": {**label, "visible_when": {"prop": names, "equals": "number"}}},
    }
    items = {"type": "object", "additionalProperties": False, "properties": members}
    entries = {"type": "array", "maxItems": 3, "description": "Entries.", "items": items, "x-ui": label}
    props = {**manifest["props"], "properties": {**manifest["props"]["properties"], "entries": entries}}
    assert codes(copy(tmp_path, {"props": props})) == told
