"""Plans and problems as lines for people, and as data for programs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from edge_agent.configuration.tag_import import ConnectionDiff, FieldChange, ImportPlan
from edge_agent.spreadsheet.columns import cell_text, values_of
from edge_agent.spreadsheet.sheet import CellProblem
from schemas.models.tag import TagConfig

__all__ = ["as_data", "diff_lines", "printable", "problem_lines"]

SHOWN_MAX = 40


def printable(text: str) -> str:
    """A text from a file or device without control characters: shown, never obeyed by the terminal."""
    return "".join(char if unicodedata.category(char)[0] != "C" else "\ufffd" for char in text)


def problem_lines(problems: Sequence[CellProblem]) -> list[str]:
    """Row, column, reason and what to do, one problem after the other."""
    lines: list[str] = []
    for one in sorted(problems, key=lambda one: (one.row, one.column)):
        place = f"row {one.row}" if one.row else "configuration"
        where = f"{place}, {one.column}" if one.column else place
        lines.append(printable(f"  {where}: {one.message}." + (f" {one.hint}" if one.hint else "")))
    return lines


def diff_lines(plan: ImportPlan, *, everything: bool = False) -> list[str]:
    """What would be set (=), added (+), changed (~) and removed (-), field by field."""
    lines: list[str] = []
    for diff in plan.diffs:
        lines.append(
            f"{diff.connection}: {len(diff.added)} added, {len(diff.changed)} changed, {len(diff.removed)} removed, "
            f"{diff.unchanged} unchanged"
        )
        lines += _shortened([printable(line) for line in _lines(diff)], everything)
    return lines


def _lines(diff: ConnectionDiff) -> list[str]:
    out = [f"  = {one.column}: {one.before or '(none)'} → {one.after}" for one in diff.settings]
    out += [f"  + {tag.name}  {_facts(tag)}" for tag in diff.added]
    for change in diff.changed:
        fields = ", ".join(f"{one.column}: {one.before or '(none)'} → {one.after or '(none)'}" for one in change.fields)
        out.append(f"  ~ {change.name}  {fields}")
    return [*out, *(f"  - {tag.name}  {tag.address}" for tag in diff.removed)]


def _facts(tag: TagConfig) -> str:
    parts = [tag.address, tag.type]
    if tag.scale is not None:
        parts.append(f"× {tag.scale:g}")
    return " ".join([*parts, tag.unit]).rstrip()


def _shortened(lines: list[str], everything: bool) -> list[str]:
    if everything or len(lines) <= SHOWN_MAX:
        return lines
    return [*lines[:SHOWN_MAX], f"  … and {len(lines) - SHOWN_MAX} more (--all shows them)"]


def as_data(plan: ImportPlan) -> dict[str, Any]:
    """The plan for a program."""
    return {
        "ok": not plan.problems,
        "problems": [
            {"row": one.row, "column": one.column, "code": one.code, "message": one.message, "hint": one.hint}
            for one in plan.problems
        ],
        "notes": plan.notes,
        "connections": [
            {
                "connection": diff.connection, "unchanged": diff.unchanged, "settings": _fields(diff.settings),
                "added": [_tag(tag) for tag in diff.added], "removed": [_tag(tag) for tag in diff.removed],
                "changed": [
                    {"name": change.name, "fields": _fields(change.fields)} for change in diff.changed
                ],
            }
            for diff in plan.diffs
        ],
    }  # fmt: skip


def _fields(fields: Sequence[FieldChange]) -> list[dict[str, str]]:
    return [{"column": one.column, "before": one.before, "after": one.after} for one in fields]


def _tag(tag: TagConfig) -> dict[str, str]:
    cells = {heading: cell_text(heading, value) for heading, value in values_of(tag).items()}
    return {heading: cell for heading, cell in cells.items() if cell}
