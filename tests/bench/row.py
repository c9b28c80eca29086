"""One measured figure, and the machine it was measured on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """A figure in `unit` beside its budget and what peers reach (texts as in the design)."""

    name: str
    figure: float | str
    unit: str
    budget: str
    peer: str = ""
    method: str = ""

    def cells(self) -> list[str]:
        """The row as text."""
        figure = self.figure if isinstance(self.figure, str) else f"{self.figure:,.4g}"
        if isinstance(self.figure, float | int) and abs(self.figure) >= 1000:
            figure = f"{self.figure:,.0f}"
        return [self.name, f"{figure} {self.unit}".strip(), self.budget, self.peer, self.method]


def machine() -> str:
    """The machine in one line."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    return f"{os.cpu_count()} cores ({cpu}), {platform.system()}, Python {platform.python_version()}"


def table(rows: list[Row]) -> str:
    """A Markdown table."""
    lines = ["| What | Measured | Budget | Peers | Method |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row.cells()) + " |" for row in rows]
    return "\n".join(lines)
