"""What holds between the samples of a tag: the last one, or the line to the next; and for how long.

A tag that is read says its value again at least each `silence_max_s`. After three times as long without a sample it
was not read, and nobody knows its value: time beyond that counts for no mean. A tag that does not say how long it is
silent (entered by hand, recorded rows) holds each value until the next one. What a swinging door thinned lay on the
straight line between two samples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from platform_core.stores.base import Between, Series, Store
from schemas.quality import BAD_FROM

HOLD_SILENCES: Final = 3
#: Cycles, and a second more, that a sample may be late before two samples count as apart; charts draw by the same.
LATE_CYCLES: Final = 2.5
LATE_S: Final = 1.0
SCAN_MS_DEFAULT: Final = 1000


@dataclass(frozen=True, slots=True)
class Share:
    """Of the good samples of a range: how long each was in force there, µs, and value · µs."""

    held_us: NDArray[np.int64]
    area: NDArray[np.float64]


def between_of(meta: Mapping[str, Any]) -> Between:
    """What the metadata of a tag says of the time between its samples."""
    thinned = meta.get("thinned") or {}
    silence_max_s = meta.get("silence_max_s") or thinned.get("silence_max_s")
    hold_us = None if silence_max_s is None else round(HOLD_SILENCES * 1e6 * silence_max_s)
    if thinned.get("by") != "swinging_door":
        return Between(hold_us)
    scan_ms = meta.get("scan_ms") or SCAN_MS_DEFAULT
    return Between(hold_us, round(1e6 * (thinned["silence_max_s"] + LATE_S) + 1e3 * LATE_CYCLES * scan_ms))


def alike(ids: Iterable[int], between: Mapping[int, Between]) -> dict[Between, list[int]]:
    """The tags by what holds between their samples, in the order given: a store is asked once for each."""
    groups: dict[Between, list[int]] = defaultdict(list)
    for tag_id in ids:
        groups[between[tag_id]].append(tag_id)
    return groups


def samples_after(
    store: Store, tenant: str, ids: Sequence[int], between: Mapping[int, Between], t1: int
) -> dict[int, Series]:
    """Of the tags with lines the first sample from `t1` on: a line leads there."""
    found: dict[int, Series] = {}
    for one, group in alike(ids, between).items():
        if one.line_us is not None:
            series = store.raw(tenant, group, t1, t1 + one.line_us + 1, limit=1)
            found |= {one.id: one for one in series}
    return found


def share_of(
    series: Series, good: NDArray[np.bool_], t0: int, t1: int, between: Between, after: Series | None = None
) -> Share:
    """What each good sample has of ``[t0, t1)``; `good` marks them, `after` is the first sample from `t1` on."""
    ts = series.ts
    following = np.append(ts[1:], t1)
    until = np.minimum(following, t1)
    if between.hold_us is not None:
        short = following - ts > between.hold_us
        until = np.where(short, np.minimum(until, ts + between.hold_us), until)
    since = np.maximum(ts, t0)
    held = np.maximum(until - since, 0)[good]
    if series.kind == "s":
        return Share(held, np.zeros(len(held)))
    mean = series.v.astype(np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        if between.line_us is not None:
            slope = _slopes(series, good, between.line_us, after)
            mean = mean + slope * ((since - ts) + np.maximum(until - since, 0) / 2)
        return Share(held, np.where(held > 0, mean[good] * held, 0.0))


def value_between(before: Series, after: Series | None, at: int, line_us: int | None) -> Any:
    """The value at a moment from the last sample until then: on the line to the next, where there is one. Of whole
    numbers the nearest."""
    last = before.v[-1]
    if line_us is None or after is None or not _is_good(after, 0) or not _is_good(before, -1):
        return last
    begin, end = int(before.ts[-1]), int(after.ts[0])
    if not 0 < end - begin <= line_us:
        return last
    value = float(last) + (float(after.v[0]) - float(last)) * (at - begin) / (end - begin)
    return value if before.kind == "f" else before.v.dtype.type(round(value))


def _slopes(series: Series, good: NDArray[np.bool_], line_us: int, after: Series | None) -> NDArray[np.float64]:
    """Of the line from each sample to the next, per µs; 0 where there is none."""
    ts, v, ends = series.ts, series.v.astype(np.float64), good
    if after is not None and len(after):
        ts, v = np.append(ts, after.ts[0]), np.append(v, float(after.v[0]))
        ends = np.append(ends, _is_good(after, 0))
    slope = np.zeros(len(series))
    gap = np.diff(ts)
    lines = ends[:-1] & ends[1:] & (gap <= line_us) & (gap > 0)
    slope[: len(gap)] = np.where(lines, np.diff(v) / np.maximum(gap, 1), 0.0)
    return slope


def _is_good(series: Series, at: int) -> bool:
    return bool(good_samples(series)[at])


def good_samples(series: Series) -> NDArray[np.bool_]:
    """Samples that carry a number, or a text, that can be counted with."""
    good: NDArray[np.bool_] = series.q < BAD_FROM
    return good & np.isfinite(series.v) if series.kind == "f" else good
