"""docs/conformance/sparkplug.csv: each statement once, with a test that exists or a reason why there is none."""

from __future__ import annotations

import ast
import csv
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "conformance" / "sparkplug.csv"
ROWS = list(csv.DictReader(TABLE.read_text("utf-8").splitlines()))


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def problem_of(row: dict[str, str]) -> str:
    """What is wrong with a row, "" for nothing."""
    if not row["tck_id"].startswith("tck-id-") or not set(row["profile"].split(";")) <= {"edge", "host", "broker"}:
        return "no such id or profile"
    if row["applicable"] == "no":
        return "" if row["reason"] and not row["test"] else "not applicable, and no reason"
    if row["applicable"] != "yes" or row["reason"]:
        return "applicable is yes, without a reason, or no"
    path, _, name = row["test"].partition("::")
    if not (ROOT / path).is_file() or name not in names_in(path):
        return f"there is no test {row['test']}"
    return ""


def test_each_statement_stands_there_once() -> None:
    ids = [row["tck_id"] for row in ROWS]
    assert len(ids) == len(set(ids)) >= 299


def test_each_row_has_a_test_that_exists_or_a_reason() -> None:
    assert {row["tck_id"]: problem for row in ROWS if (problem := problem_of(row))} == {}


@pytest.mark.parametrize("change", [
    {"test": "tests/nothing.py::test_a"}, {"test": "tests/integration/test_sparkplug_node.py::test_a"}, {"test": ""},
    {"applicable": "no"}, {"applicable": "no", "test": ""}, {"profile": "client"}, {"tck_id": "x"},
])  # fmt: skip
def test_a_row_that_is_wrong_is_found(change: dict[str, str]) -> None:
    sound = next(row for row in ROWS if row["applicable"] == "yes")
    assert problem_of(sound) == ""
    assert problem_of({**sound, **change}) != ""
