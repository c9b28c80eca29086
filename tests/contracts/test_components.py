"""Every block in this repository passes the linter, whoever made it."""

from __future__ import annotations

from pathlib import Path

import pytest

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
