"""Recordings of real machines, read here on their own so that the judge does not trust the product's reader."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
PUMP_RIG = "pump_rig/anomaly-free_anomaly-free.csv"
MACHINE_TEMPERATURE = "machine_temperature/machine_temperature_system_failure.csv"


@dataclass(frozen=True)
class Expected:
    """Columns of a recording: header → values as float64, row 1 first."""

    columns: dict[str, list[float]]

    @property
    def rows(self) -> int:
        """Rows of data."""
        return len(next(iter(self.columns.values())))


def recording(name: str) -> Path:
    """A recording; the test skips where the folder with recordings is absent."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"the recording {name} is not on this machine")
    return path


def first_rows(source: Path, rows: int, target: Path) -> Path:
    """A copy of a recording cut after its first rows."""
    with source.open(encoding="utf-8") as lines:
        target.write_text("".join(line for _, line in zip(range(rows + 1), lines, strict=False)), "utf-8")
    return target


def expected(path: Path, delimiter: str) -> Expected:
    """The numbers of a recording, without its time column (the first)."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, delimiter=delimiter)
        head = next(reader)
        rows = list(reader)
    return Expected({name: [float(row[at]) for row in rows] for at, name in enumerate(head) if at > 0})


def float32(values: list[float]) -> list[float]:
    """Rounded to float32, as the device holds them."""
    return np.asarray(values, dtype="<f4").astype("<f8").tolist()
