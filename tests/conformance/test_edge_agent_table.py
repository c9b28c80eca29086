"""docs/conformance/edge_agent.csv: what the agent promises, each with a test or figure that exists, or a reason."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.conformance.test_sparkplug_table import names_in

ROOT = Path(__file__).parents[2]
ROWS = list(csv.DictReader((ROOT / "docs" / "conformance" / "edge_agent.csv").read_text("utf-8").splitlines()))
FIGURES = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")


def problem_of(row: dict[str, str]) -> str:
    """What is wrong with a row, "" for nothing."""
    how, evidence = row["how"], row["evidence"]
    if how == "no":
        return "" if evidence and "::" not in evidence else "no, and no reason"
    if how == "bench":
        return "" if f"| {evidence} |" in FIGURES else f"there is no figure '{evidence}'"
    path, _, name = evidence.partition("::")
    if how not in ("test", "chaos") or path.startswith("tests/chaos/") != (how == "chaos"):
        return "how is test, chaos, bench or no"
    if not (ROOT / path).is_file() or name not in names_in(path):
        return f"there is no test {evidence}"
    return ""


def test_each_line_stands_there_once() -> None:
    assert len({row["id"] for row in ROWS}) == len({row["requirement"] for row in ROWS}) == len(ROWS) > 100


def test_each_line_has_what_it_names() -> None:
    assert {row["id"]: problem for row in ROWS if (problem := problem_of(row))} == {}


@pytest.mark.parametrize("change", [
    {"evidence": "tests/nothing.py::test_a"}, {"evidence": "tests/integration/test_outage.py::test_a"},
    {"how": "chaos"}, {"how": "no"}, {"how": "no", "evidence": ""}, {"how": "bench"}, {"how": "x"},
])  # fmt: skip
def test_a_line_that_is_wrong_is_found(change: dict[str, str]) -> None:
    sound = next(row for row in ROWS if row["how"] == "test")
    assert problem_of(sound) == ""
    assert problem_of({**sound, **change}) != ""
