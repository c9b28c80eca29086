"""Cells into the buckets of a trend: edges, values per bucket, and time per bucket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from platform_core.stores.base import Between, BucketFn, BucketSeries, FloatArray, IntArray
from platform_core.stores.embedded.cells import Cells, ValueStats, rises, value_stats
from schemas.wire.columns import VALUE_DTYPE, Kind


def bucket_series(
    id: int,
    kind: Kind,
    cells: Cells,
    starts: IntArray,
    edges: IntArray,
    fns: Sequence[BucketFn],
    between: Between,
    after: Cells | None = None,
) -> BucketSeries:
    """One row per bucket.

    `cells` are those of the range and the one before it; none may lie across
    an edge. `starts` are the nominal beginnings, `edges` (one more) the limits
    that count. `after` is the first sample behind the range: lines lead there.
    """
    columns: dict[str, Any] = {}
    inside = cells.take(slice(int(np.searchsorted(cells.lead_t, edges[0], side="left")), None))
    wanted = set(fns)
    if wanted & {"n", "min", "max", "mean", "first", "last"}:
        columns |= _value_columns(kind, inside, edges, wanted)
    if wanted & {"twa", "bad_us", "good_us"}:
        columns |= _time_columns(kind, cells, inside, edges, wanted, between, after)
    return BucketSeries(id=id, kind=kind, t=starts, **columns)


def _value_columns(kind: Kind, inside: Cells, edges: IntArray, wanted: set[BucketFn]) -> dict[str, Any]:
    count = len(edges) - 1
    valued = inside if bool((inside.n > 0).all()) else inside.take(inside.n > 0)
    bucket, first_of = _occupied(valued.lead_t, edges)
    full: dict[str, Any] = {}
    stats = value_stats(valued, first_of, ordered=kind != "s") if len(valued) else None
    for field in fields(ValueStats):
        full[field.name] = _spread(field.name, kind, count)
        if stats is not None:
            full[field.name][bucket] = getattr(stats, field.name)
    columns: dict[str, Any] = {}
    names = [name for name in ("min", "max", "first", "last") if name in wanted]
    for name in names:
        if kind != "s" or name in ("first", "last"):
            columns[name], columns[f"{name}_t"] = full[name], full[f"{name}_t"]
    if "n" in wanted:
        columns["n"] = full["n"]
    if "mean" in wanted and kind != "s":
        columns["mean"] = _divide(full["sum"], full["n"])
    return columns


def _spread(name: str, kind: Kind, count: int) -> Any:
    if name in ("min", "max", "first", "last"):
        return np.full(count, "", object) if kind == "s" else np.zeros(count, VALUE_DTYPE[kind])
    return np.zeros(count, "f8" if name == "sum" else "i8")


def _time_columns(
    kind: Kind,
    cells: Cells,
    inside: Cells,
    edges: IntArray,
    wanted: set[BucketFn],
    between: Between,
    after: Cells | None,
) -> dict[str, Any]:
    good, bad, area = time_in_buckets(kind, cells, edges, between, after)
    if len(inside) and np.any(inside.tail_t != inside.lead_t):
        bucket, first_of = _occupied(inside.lead_t, edges)
        good[bucket] += np.add.reduceat(inside.good_us, first_of)
        bad[bucket] += np.add.reduceat(inside.bad_us, first_of)
        with np.errstate(invalid="ignore", over="ignore"):
            area[bucket] += np.add.reduceat(inside.integral, first_of)
            if between.line_us is not None:
                area[bucket] += np.add.reduceat(inside.slope_area, first_of)
    columns: dict[str, Any] = {}
    if "good_us" in wanted:
        columns["good_us"] = good
    if "bad_us" in wanted:
        columns["bad_us"] = bad
    if "twa" in wanted and kind != "s":
        columns["twa"] = _divide(area, good)
    return columns


def _occupied(times: IntArray, edges: IntArray) -> tuple[IntArray, IntArray]:
    """Buckets that have any of the (sorted) times, and where in the times each begins."""
    starts = np.searchsorted(times, edges, side="left")
    bucket = np.flatnonzero(starts[1:] > starts[:-1])
    return bucket, starts[bucket]


def time_in_buckets(
    kind: Kind, cells: Cells, edges: IntArray, between: Between, after: Cells | None = None
) -> tuple[IntArray, IntArray, FloatArray]:
    """Good time, bad time and integral *between* cells, per bucket.

    A stretch reaches from the end of a cell to the next one, or to the end of
    the range. Only the last stretch that begins in a bucket can leave it; what
    it has beyond is shared out among the buckets it crosses.
    """
    count = len(edges) - 1
    good, bad, area = np.zeros(count, "i8"), np.zeros(count, "i8"), np.zeros(count, "f8")
    if not len(cells):
        return good, bad, area
    until = np.append(cells.lead_t[1:], edges[-1])
    if between.hold_us is not None:
        # Compared as a difference, because a time far in the future plus the hold may not fit.
        short = (until - cells.tail_t > between.hold_us) & ~cells.tail_bad
        until = np.where(short, cells.tail_t + between.hold_us, until)
    since = np.maximum(cells.tail_t, edges[0])
    bucket, first_of = _occupied(since, edges)
    last_of = np.append(first_of[1:], len(cells)) - 1
    beyond = until[last_of]
    until[last_of] = np.minimum(beyond, edges[bucket + 1])
    span = np.maximum(until - since, 0)
    held = np.where(cells.tail_bad, 0, span)
    good[bucket] = np.add.reduceat(held, first_of)
    bad[bucket] = np.add.reduceat(span - held, first_of)
    areas = _Areas(kind, cells, between, after)
    with np.errstate(invalid="ignore", over="ignore"):
        area[bucket] = np.add.reduceat(areas.of(slice(None), since, held), first_of)
    over = beyond > edges[bucket + 1]
    of, into, span = _crossings(bucket[over] + 1, beyond[over], edges)
    cell = last_of[over][of]
    held = np.where(cells.tail_bad[cell], 0, span)
    good[into] += held
    bad[into] += span - held
    with np.errstate(invalid="ignore", over="ignore"):
        area[into] += areas.of(cell, edges[into], held)
    return good, bad, area


class _Areas:
    """Integral of value over time in stretches that begin at or after the end of a cell."""

    def __init__(self, kind: Kind, cells: Cells, between: Between, after: Cells | None) -> None:
        self._value = np.zeros(len(cells)) if kind == "s" else cells.last.astype("f8")
        self._slope: FloatArray | None = None
        self._tail_t = cells.tail_t
        if between.line_us is not None and kind != "s":
            behind = np.array([after.lead_t[0]] if after is not None and len(after) else [cells.tail_t[-1]], "i8")
            gap = np.append(cells.lead_t[1:], behind) - cells.tail_t
            self._slope = np.where((gap > 0) & (gap <= between.line_us), rises(cells, after) / np.maximum(gap, 1), 0.0)

    def of(self, cell: Any, since: IntArray, held: IntArray) -> FloatArray:
        """Areas of the stretches from `since`, `held` µs long, behind the cells `cell`."""
        with np.errstate(invalid="ignore", over="ignore"):
            mean = self._value[cell]
            if self._slope is not None:
                mean = mean + self._slope[cell] * (since - self._tail_t[cell] + held / 2)
            area: FloatArray = np.where(held > 0, mean * held, 0.0)
        return area


def _crossings(first: IntArray, ends: IntArray, edges: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """For stretches that enter bucket `first` and last to `ends`: which one, which bucket, how long.

    A bucket's beginning lies in one stretch only, so no bucket comes twice.
    """
    pieces = np.searchsorted(edges, ends, side="left") - first
    of = np.repeat(np.arange(len(first)), pieces)
    into = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + first[of]
    return of, into, np.minimum(ends[of], edges[into + 1]) - edges[into]


def _divide(total: FloatArray, count: IntArray) -> FloatArray:
    with np.errstate(invalid="ignore", divide="ignore"):
        quotient: FloatArray = np.where(count > 0, total / count, np.nan)
    return quotient
