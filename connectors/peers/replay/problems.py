"""Rows of a recording that cannot be served: which line, why; bounded on screen, complete in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from connectors.peers.process import write_text_atomic

__all__ = ["SCREEN_MAX", "RowProblem", "screen_lines", "write_report"]

SCREEN_MAX = 10


@dataclass(frozen=True, order=True)
class RowProblem:
    """One row that is left out. ``line`` counts from 1 in the file, ``kind`` is for counting."""

    line: int
    kind: str
    reason: str
    file: str = ""

    def text(self) -> str:
        """``file line N: reason``"""
        return f"{self.file} line {self.line}: {self.reason}"


def screen_lines(problems: Sequence[RowProblem], report: Path | None) -> list[str]:
    """At most SCREEN_MAX problems, then how many more there are and where."""
    lines = [problem.text() for problem in problems[:SCREEN_MAX]]
    if len(problems) > SCREEN_MAX:
        where = f", all of them in {report}" if report is not None else ""
        lines.append(f"… and {len(problems) - SCREEN_MAX} more{where}")
    return lines


def write_report(problems: Sequence[RowProblem], report: Path) -> None:
    """Write every problem, one a line, in file order."""
    write_text_atomic(report, "".join(problem.text() + "\n" for problem in problems))
