"""Cells: what a stretch of one tag's samples comes down to, mergeable with its neighbours.

A single sample is a cell, a minute of samples is one, an hour is one: the same
arithmetic makes minutes of samples, hours of minutes, and the buckets of a
trend of either. A cell ends with its last sample; the time from there to the
next cell is counted when two cells are merged, because only then is it known
how long the last value stayed in force.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from platform_core.stores.base import FloatArray, IntArray, ValueArray
from platform_core.stores.embedded.rows import BAD_FROM, Rows
from schemas.wire.columns import Kind

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Cells:
    """Columns of equal length, of one tag in time order, or of several tags sorted by tag.

    `n` samples with a value, their `sum`, extremes and ends with times (of no
    meaning where `n == 0`); `integral` of value over time in value · µs,
    `good_us` and `bad_us` between the first and the last sample of the cell
    (`lead_t`, `tail_t`, whatever their quality); `gap_us` the longest time a
    value was held inside; `tail_bad`: the last sample is bad. `slope_area` is
    what has to be added to `integral` where a value does not hold until the
    next sample but moves on a straight line to it; NaN where it is not known.
    """

    n: IntArray
    sum: FloatArray
    min: ValueArray
    min_t: IntArray
    max: ValueArray
    max_t: IntArray
    first: ValueArray
    first_t: IntArray
    last: ValueArray
    last_t: IntArray
    integral: FloatArray
    slope_area: FloatArray
    good_us: IntArray
    bad_us: IntArray
    gap_us: IntArray
    lead_t: IntArray
    tail_t: IntArray
    tail_bad: BoolArray

    def __len__(self) -> int:
        return len(self.n)

    def take(self, index: Any) -> Cells:
        """The cells chosen by a mask, positions or a slice."""
        return Cells(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class ValueStats:
    """Extremes, ends and sums of groups of cells; each group has at least one sample with a value."""

    n: IntArray
    sum: FloatArray
    min: ValueArray
    min_t: IntArray
    max: ValueArray
    max_t: IntArray
    first: ValueArray
    first_t: IntArray
    last: ValueArray
    last_t: IntArray


def cells_of_rows(rows: Rows, kind: Kind) -> Cells:
    """Each sample as a cell of its own (columns are shared, not copied)."""
    bad = rows.q >= BAD_FROM
    zero = np.zeros(len(rows), "i8")
    flat = np.zeros(len(rows), "f8")
    total = flat if kind == "s" else rows.v.astype("f8")
    v, ts = rows.v, rows.ts
    return Cells((~bad).astype("i8"), total, v, ts, v, ts, v, ts, v, ts, flat, flat, zero, zero, zero, ts, ts, bad)


def concat_cells(parts: list[Cells]) -> Cells:
    """The parts one after another; at least one."""
    if len(parts) == 1:
        return parts[0]
    return Cells(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Cells)))


def value_stats(cells: Cells, starts: IntArray, ordered: bool) -> ValueStats:
    """One row per group; `cells` all have a value, `starts` are where groups begin.

    Without `ordered` (text) the extremes are those of the first cell.
    """
    ends = np.append(starts[1:], len(cells)) - 1
    low = _extreme(cells.min, cells.min_t, starts, np.minimum) if ordered else None
    high = _extreme(cells.max, cells.max_t, starts, np.maximum) if ordered else None
    first = (cells.first[starts], cells.first_t[starts])
    with np.errstate(invalid="ignore", over="ignore"):
        total = np.add.reduceat(cells.sum, starts)
    return ValueStats(
        np.add.reduceat(cells.n, starts),
        total,
        *(low or first),
        *(high or first),
        *first,
        cells.last[ends],
        cells.last_t[ends],
    )


def merge_cells(cells: Cells, starts: IntArray) -> Cells:
    """Neighbouring cells as one, per group; values are held without limit (`gap_us` says how long)."""
    total = len(cells)
    ends = np.append(starts[1:], total) - 1
    gap = np.zeros(total, "i8")
    gap[:-1] = cells.lead_t[1:] - cells.tail_t[:-1]
    gap[ends] = 0
    held = np.where(cells.tail_bad, 0, gap)
    with np.errstate(invalid="ignore", over="ignore"):
        area = np.where(held > 0, _number(cells.last) * held, 0.0) + cells.integral
        integral = np.add.reduceat(area, starts)
        slope_area = np.add.reduceat(cells.slope_area + rises(cells) * held / 2, starts)
    stats = _stats_where_any(cells, starts)
    columns: dict[str, Any] = {field.name: getattr(stats, field.name) for field in fields(ValueStats)}
    return Cells(
        **columns,
        integral=integral,
        slope_area=slope_area,
        good_us=np.add.reduceat(cells.good_us + held, starts),
        bad_us=np.add.reduceat(cells.bad_us + (gap - held), starts),
        gap_us=np.maximum.reduceat(np.maximum(cells.gap_us, held), starts),
        lead_t=cells.lead_t[starts],
        tail_t=cells.tail_t[ends],
        tail_bad=cells.tail_bad[ends],
    )


def rises(cells: Cells, after: Cells | None = None) -> FloatArray:
    """How much each cell's last value is below the first of the next cell (of `after` for the last one); 0 where
    either is bad."""
    rise = np.zeros(len(cells))
    if not len(cells):
        return rise
    begins_good = (cells.n > 0) & (cells.first_t == cells.lead_t)
    first, last = _number(cells.first), _number(cells.last)
    with np.errstate(invalid="ignore", over="ignore"):
        rise[:-1] = np.where(begins_good[1:] & ~cells.tail_bad[:-1], first[1:] - last[:-1], 0.0)
        if after is not None and len(after) and after.n[0] > 0 and not cells.tail_bad[-1]:
            rise[-1] = _number(after.first)[0] - last[-1]
    return rise


def _stats_where_any(cells: Cells, starts: IntArray) -> ValueStats:
    """`value_stats` of the groups that have a value; zeros, with the group's first time, for the others."""
    has = np.flatnonzero(cells.n > 0)
    group = np.searchsorted(starts, has, side="right") - 1
    out = [np.zeros(len(starts), getattr(cells, field.name).dtype) for field in fields(ValueStats)]
    for column, field in zip(out, fields(ValueStats), strict=True):
        if field.name.endswith("_t"):
            column[:] = cells.lead_t[starts]
    if len(has):
        present, at = np.unique(group, return_index=True)
        stats = value_stats(cells.take(has), at.astype("i8"), ordered=True)
        for column, field in zip(out, fields(ValueStats), strict=True):
            column[present] = getattr(stats, field.name)
    return ValueStats(*out)


def _extreme(v: ValueArray, t: IntArray, starts: IntArray, ufunc: np.ufunc) -> tuple[ValueArray, IntArray]:
    """Smallest or largest of each group, and the first time it was reached."""
    best = ufunc.reduceat(v, starts)
    counts = np.diff(np.append(starts, len(v)))
    hits = np.flatnonzero(v == np.repeat(best, counts))
    return best, t[hits[np.searchsorted(hits, starts)]]


def _number(v: ValueArray) -> FloatArray:
    return np.zeros(len(v), "f8") if v.dtype == object else v.astype("f8")
