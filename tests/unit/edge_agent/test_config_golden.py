"""`edge-agent check` on each case of tests/golden/agent_config: exactly the expected words.

A case is agent.yaml and expected.txt; write a new expectation with INTERLOCK_GOLDEN=write.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge_agent.cli import run_cli

CASES = sorted((Path(__file__).parents[2] / "golden" / "agent_config").glob("*/agent.yaml"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 6


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_check_says_exactly_this(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["check", "-c", str(path)])
    captured = capsys.readouterr()
    said = f"exit {code}\n{captured.out}{captured.err}"
    expected = path.with_name("expected.txt")
    if os.environ.get("INTERLOCK_GOLDEN") == "write":
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
