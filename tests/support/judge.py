"""The judge of a replayed recording: every row stored exactly once and in order, or in a gap with its count."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from schemas.identifiers import to_identifier
from tests.support.platform_client import PlatformClient
from tests.support.recordings import Expected, float32


@dataclass
class Verdict:
    """What was found; `clean` when nothing is wrong."""

    stored_rows: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    doubled: list[int] = field(default_factory=list)
    out_of_order: int = 0
    wrong: list[str] = field(default_factory=list)
    gap_rows: int = 0
    gaps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Every row once, in order, with its own values."""
        return not (self.missing or self.doubled or self.out_of_order or self.wrong)

    def summary(self) -> str:
        """One line for a failing assertion."""
        return (
            f"{len(self.stored_rows)} stored, missing {len(self.missing)} {self.missing[:8]}, "
            f"doubled {len(self.doubled)} {self.doubled[:8]}, {self.out_of_order} out of order, "
            f"wrong {len(self.wrong)} {self.wrong[:4]}, {self.gap_rows} rows in gaps"
        )


def judge(
    client: PlatformClient,
    connection: str,
    truth: Expected,
    *,
    single: bool,
    rows: int | None = None,
    passes: int = 1,
) -> Verdict:
    """Compare everything stored of a replayed file with the file; `single`: float32 over the wire.

    Over several passes of the file the row number starts again, or goes on beyond its end.
    """
    tags = client.tags(connection)
    total = (rows or truth.rows) * passes
    numbers = client.raw(tags[f"{connection}/row_number"]["id"])
    verdict = Verdict()
    good = [(ts, int(v)) for ts, v, q in numbers if q < 128]
    verdict.stored_rows = [row for _, row in good]
    _check_order(verdict, total, truth.rows, passes)
    at = dict(good)
    for name, values in truth.columns.items():
        tag = tag_of(tags, connection, name)
        if tag is None:
            verdict.wrong.append(f"no tag for {name}")
            continue
        _check_values(verdict, name, client.raw(tag["id"]), at, float32(values) if single else values)
    verdict.gaps = client.gaps([tag["id"] for tag in tags.values()])
    verdict.gap_rows = sum(gap["n"] or 0 for gap in verdict.gaps if gap["count_of"] == "rows")
    return verdict


def tag_of(tags: dict[str, dict[str, Any]], connection: str, column: str) -> dict[str, Any] | None:
    """The tag a column became: by its name, or by the header kept as its description."""
    named = tags.get(f"{connection}/{to_identifier(column)}")
    described = [tag for tag in tags.values() if tag["meta"].get("description") == column]
    return named or (described[0] if len(described) == 1 else None)


def _check_order(verdict: Verdict, total: int, rows_in_file: int, passes: int) -> None:
    rows = verdict.stored_rows
    drops = sum(1 for a, b in pairwise(rows) if b < a)
    if drops == passes - 1 and passes > 1:
        # The number began again with each pass.
        shift, unrolled = 0, []
        for n, row in enumerate(rows):
            if n and row < rows[n - 1]:
                shift += rows_in_file
            unrolled.append(row + shift)
        rows = unrolled
    seen: set[int] = set()
    for n, row in enumerate(rows):
        if row in seen:
            verdict.doubled.append(row)
        seen.add(row)
        if n and row < rows[n - 1]:
            verdict.out_of_order += 1
    verdict.missing = [row for row in range(1, total + 1) if row not in seen]
    verdict.stored_rows = rows


def _check_values(
    verdict: Verdict, name: str, samples: list[tuple[int, Any, int]], at: dict[int, int], values: list[float]
) -> None:
    good = [(ts, v) for ts, v, q in samples if q < 128]
    if len(good) != len(at):
        verdict.wrong.append(f"{name}: {len(good)} samples for {len(at)} rows")
    for ts, v in good:
        row = at.get(ts)
        if row is None:
            verdict.wrong.append(f"{name}: a sample at {ts} without a row")
        elif v != values[(row - 1) % len(values)]:
            verdict.wrong.append(f"{name} row {row}: {v} instead of {values[(row - 1) % len(values)]}")
        if len(verdict.wrong) > 50:
            return
