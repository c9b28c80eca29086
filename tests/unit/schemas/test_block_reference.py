"""The block reference says what the manifest says, and notices when a manifest changes."""

from __future__ import annotations

import json
from pathlib import Path

from schemas.codegen import emit_blocks
from tests.contracts.tidy import ROOT

FINE = ROOT / "tests" / "golden" / "component_lint" / "fine" / "component.json"


def emitted(root: Path, **change: object) -> dict[str, str]:
    folder = root / "app_designer" / "components" / "fine"
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {**json.loads(FINE.read_text("utf-8")), **change}
    (folder / "component.json").write_text(json.dumps(manifest), "utf-8")
    return emit_blocks.emit(root)


def test_a_page_per_block_and_an_index(tmp_path: Path) -> None:
    pages = emitted(tmp_path)
    assert sorted(pages) == ["docs/reference/blocks/fine.md", "docs/reference/blocks/index.md"]
    page = pages["docs/reference/blocks/fine.md"]
    for said in (
        "# Fine (`fine`)",
        "没有问题的组件。",
        "Mode · 模式",
        "`a` A · `b` B",
        "number 0…",
        "`/value`",
        "{title}: {value}",
    ):
        assert said in page
    assert "[Fine](fine.md) | 好 |" in pages["docs/reference/blocks/index.md"]


def test_a_changed_manifest_changes_its_page(tmp_path: Path) -> None:
    before = emitted(tmp_path)
    status = {"stage": "deprecated", "replaced_by": "other"}
    after = emitted(tmp_path, status=status)
    assert before != after
    assert "deprecated, replaced by [other](other.md)" in after["docs/reference/blocks/fine.md"]


def test_a_bar_in_a_text_does_not_break_a_table(tmp_path: Path) -> None:
    events = {"press": {"label": {"en": "A|B", "zh-CN": "甲"}, "description": "x\n|y"}}
    page = emitted(tmp_path, events=events)["docs/reference/blocks/fine.md"]
    assert "| A\\|B · 甲<br>`press` |  | x \\|y |" in page
