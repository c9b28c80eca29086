"""Every block in this repository passes the linter, whoever made it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from platform_core.component_lint import lint_folder
from platform_core.component_lint.command import block_folders, line_of
from tests.contracts.tidy import ROOT

FOLDERS = block_folders(ROOT / "app_designer" / "components")


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_block_passes_the_linter(folder: Path) -> None:
    problems = [line_of(folder, problem) for problem in lint_folder(folder)]
    assert not problems, "\n" + "\n".join(problems)


def test_there_are_blocks() -> None:
    assert len(FOLDERS) >= 4


def test_each_block_has_its_page_and_each_page_its_block() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "reference" / "blocks").glob("*.md")} - {"index"}
    assert pages == {folder.name for folder in FOLDERS}


def test_the_meta_schema_is_published() -> None:
    schema = json.loads((ROOT / "schemas" / "json" / "component.schema.json").read_text("utf-8"))
    validator = Draft202012Validator(schema)
    for folder in FOLDERS:
        errors = list(validator.iter_errors(json.loads((folder / "component.json").read_text("utf-8"))))
        assert not errors, f"{folder.name}: {errors[0].message}"
