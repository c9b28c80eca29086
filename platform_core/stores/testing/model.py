"""A store by brute force, and checks that another store gives the same answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from platform_core.stores.base import BUCKET_FNS, Between, Block, BucketSeries, Series, Store
from schemas.wire.columns import VALUE_DTYPE, Columns, Kind

SECOND_US = 1_000_000
HOUR_US = 3_600 * SECOND_US


@dataclass(frozen=True, slots=True)
class ModelSample:
    """One sample as the model keeps it; `v` is None for a bad one."""

    ts: int
    v: Any
    q: int


@dataclass
class ModelStore:
    """The truth: (tenant, tag) → time → (seq, arrival, kind, value, quality)."""

    floors: dict[str, int] = field(default_factory=dict)
    kept: dict[tuple[str, int], dict[int, tuple[int, int, Kind, Any, int]]] = field(default_factory=dict)
    last_no: int = 0
    arrivals: int = 0

    def apply(self, block: Block) -> None:
        """Take a block unless its number was seen."""
        if block.no <= self.last_no:
            return
        self.last_no = block.no
        for columns in block.columns:
            for i in range(len(columns)):
                self._take(block, columns, i)

    def drop_before(self, tenant: str, t: int) -> None:
        """Forget what is older."""
        self.floors[tenant] = max(t, self.floors.get(tenant, t))

    def samples(self, tenant: str, tag: int) -> list[ModelSample]:
        """All samples of a tag in time order."""
        floor = self.floors.get(tenant)
        kept = self.kept.get((tenant, tag), {})
        return [
            ModelSample(ts, None if q >= 128 else v, q)
            for ts, (_, _, _, v, q) in sorted(kept.items())
            if floor is None or ts >= floor
        ]

    def raw(self, tenant: str, tag: int, t0: int, t1: int, bounds: bool) -> list[ModelSample]:
        """Samples of the range, with the one before it on request."""
        before = [one for one in self.samples(tenant, tag) if one.ts < t0]
        inside = [one for one in self.samples(tenant, tag) if t0 <= one.ts < t1]
        return before[-1:] * bounds + inside

    def _take(self, block: Block, columns: Columns, i: int) -> None:
        q, v = int(columns.q[i]), columns.v[i]
        if columns.kind == "f" and q < 128 and math.isnan(v):
            q = 136
        kept = self.kept.setdefault((block.tenant, int(columns.id[i])), {})
        ts = int(columns.ts[i])
        self.arrivals += 1
        fresh = (block.seq, self.arrivals, columns.kind, v if columns.kind == "s" else v.item(), q)
        if ts not in kept or kept[ts][:2] < fresh[:2]:
            kept[ts] = fresh


def model_bucket(
    samples: Sequence[ModelSample], lo: int, hi: int, hold_us: int | None, numeric: bool, line_us: int | None = None
) -> dict[str, Any]:
    """What a bucket `[lo, hi)` of the samples must say, computed one sample at a time.

    `samples` have one more before and one behind the bucket, where there are any.
    """
    inside = [one for one in samples if lo <= one.ts < hi and one.v is not None]
    out: dict[str, Any] = {"n": len(inside), "good_us": 0, "bad_us": 0}
    area = 0.0
    for i, one in enumerate(samples):
        until = samples[i + 1].ts if i + 1 < len(samples) else hi
        if one.v is not None and hold_us is not None:
            until = min(until, one.ts + hold_us)
        span = max(0, min(until, hi) - max(one.ts, lo))
        if one.v is None:
            out["bad_us"] += span
        else:
            out["good_us"] += span
            if numeric and span:
                middle = (max(one.ts, lo) + min(until, hi)) / 2 - one.ts
                area += (float(one.v) + _slope(samples, i, line_us) * middle) * span
    if inside:
        out |= {"first": inside[0].v, "first_t": inside[0].ts, "last": inside[-1].v, "last_t": inside[-1].ts}
    if inside and numeric:
        low, high = min(one.v for one in inside), max(one.v for one in inside)
        out |= {"min": low, "min_t": next(one.ts for one in inside if one.v == low)}
        out |= {"max": high, "max_t": next(one.ts for one in inside if one.v == high)}
        out["mean"] = math.fsum(float(one.v) for one in inside) / len(inside)
    if numeric:
        out["scale"] = max((abs(float(one.v)) for one in samples if one.v is not None), default=0.0)
        out.setdefault("mean", math.nan)
        out["twa"] = area / out["good_us"] if out["good_us"] else math.nan
    return out


def _slope(samples: Sequence[ModelSample], i: int, line_us: int | None) -> float:
    """Of the line from a sample to the next, 0 where there is none."""
    if line_us is None or i + 1 >= len(samples):
        return 0.0
    one, other = samples[i], samples[i + 1]
    if one.v is None or other.v is None or other.ts - one.ts > line_us:
        return 0.0
    return (float(other.v) - float(one.v)) / (other.ts - one.ts)


def check_raw(store: Store, model: ModelStore, tenant: str, tags: Sequence[int], t0: int, t1: int) -> None:
    """The store's samples are exactly the model's, with and without the value before."""
    for bounds in (False, True):
        found = {one.id: one for one in store.raw(tenant, tags, t0, t1, bounds=bounds)}
        for tag in tags:
            expected = model.raw(tenant, tag, t0, t1, bounds)
            assert _samples(found.get(tag)) == expected, (tag, bounds)


def check_buckets(
    store: Store,
    model: ModelStore,
    tenant: str,
    tags: Sequence[int],
    t0: int,
    t1: int,
    step_us: int,
    hold_us: int | None = None,
    tz: str = "UTC",
    line_us: int | None = None,
) -> None:
    """The store's buckets are the model's: exact where whole, to rounding where averaged."""
    found = {
        one.id: one for one in store.buckets(tenant, tags, t0, t1, step_us, tz, BUCKET_FNS, Between(hold_us, line_us))
    }
    for tag in tags:
        samples = model.samples(tenant, tag)
        if not samples or samples[0].ts >= t1:
            assert tag not in found
            continue
        series = found[tag]
        limits = [t0, *(int(t) for t in series.t[1:]), t1]
        assert int(series.t[0]) <= t0
        for i, (lo, hi) in enumerate(pairwise(limits)):
            near = _near(samples, lo, hi)
            _check_bucket(series, i, model_bucket(near, lo, hi, hold_us, series.kind != "s", line_us))


def block(
    no: int, kind: Kind, rows: Sequence[tuple[int, int, Any, int]], tenant: str = "factory", seq: int = 0
) -> Block:
    """A block of rows (tag, time, value, quality); `seq` is `no` unless given."""
    tag, ts, v, q = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = Columns(kind, np.array(tag, "u4"), np.array(ts, "i8"), np.array(q, "u1"), np.array(v, VALUE_DTYPE[kind]))
    return Block(no, tenant, seq or no, False, [columns])


def _near(samples: list[ModelSample], lo: int, hi: int) -> list[ModelSample]:
    before = [one for one in samples if one.ts < lo][-1:]
    after = [one for one in samples if one.ts >= hi][:1]
    return before + [one for one in samples if lo <= one.ts < hi] + after


def _samples(series: Series | None) -> list[ModelSample]:
    if series is None:
        return []
    assert series.v.dtype == VALUE_DTYPE[series.kind]
    values = zip(series.ts.tolist(), series.v.tolist(), series.q.tolist(), strict=True)
    assert np.all(series.v[series.q >= 128] == ("" if series.kind == "s" else 0))
    return [ModelSample(ts, None if q >= 128 else v, q) for ts, v, q in values]


def _check_bucket(series: BucketSeries, i: int, expected: dict[str, Any]) -> None:
    rounding = 1e-9 * (1.0 + expected.pop("scale", 0.0))
    for name, value in expected.items():
        column = getattr(series, name)
        got = column[i] if isinstance(column[i], str) else column[i].item()
        if name in ("mean", "twa"):
            close = math.isclose(got, value, rel_tol=1e-9, abs_tol=rounding) or (math.isnan(got) and math.isnan(value))
            assert close, (series.id, i, name, got, value)
        else:
            assert got == value, (series.id, i, name, got, value)
