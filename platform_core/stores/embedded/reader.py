"""Samples of some tags: segments and tails merged, day by day.

A day is the unit, because samples of different days never meet: within a day
the sources are sorted together, and of two samples with the same time the one
with the larger `seq` stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from platform_core.stores.base import Series
from platform_core.stores.embedded.footers import Footers
from platform_core.stores.embedded.manifest import DAY_US, Segment
from platform_core.stores.embedded.rows import Rows, concat_rows, no_rows, sort_rows, split_by_tag
from platform_core.stores.embedded.segment import SegmentFile
from platform_core.stores.embedded.views import View
from schemas.wire.columns import KINDS, Kind


class KindReader:
    """Reads one kind of one tenant from one view, for a fixed set of tags and everything before `t1`."""

    def __init__(
        self, view: View, folder: Path, footers: Footers, tenant: str, kind: Kind, tags: Sequence[int], t1: int
    ) -> None:
        self.view, self.folder, self.footers = view, folder, footers
        self.tenant, self.kind, self.t1 = tenant, kind, t1
        self.floor = view.manifest.floors.get(tenant)
        self.segments = view.manifest.days(tenant, kind)
        ids = np.array(tags, "u4")
        found = [tail.find(tenant, kind, ids, t1) for tail in view.tails()]
        self.tail = self._above_floor(concat_rows(found, kind))
        self.tail_day = self.tail.ts // DAY_US
        self.tail_days = set(np.unique(self.tail_day).tolist())

    def days(self, t0: int, t1: int) -> list[int]:
        """Days with anything in them that touch `[t0, t1)`, in order."""
        if t1 <= t0:
            return []
        lo, hi = t0 // DAY_US, (t1 - 1) // DAY_US
        return sorted(day for day in self.tail_days | self.segments.keys() if lo <= day <= hi)

    def rows(self, day: int, tags: Sequence[int], t0: int, t1: int) -> Rows:
        """Sorted, unique samples of a day: at least those in `[t0, t1)` and the last one before of each tag."""
        found = [self._read(segment, tags, t0, t1) for segment in self.holding(day, tags)]
        found.append(self.tail_rows(day, tags))
        return self._above_floor(sort_rows(concat_rows(found, self.kind)))

    def holding(self, day: int, tags: Sequence[int]) -> list[Segment]:
        """Segments of a day that may hold one of the tags."""
        lo, hi = min(tags), max(tags)
        return [segment for segment in self.segments.get(day, ()) if segment.tag_min <= hi and segment.tag_max >= lo]

    def tail_rows(self, day: int, tags: Sequence[int]) -> Rows:
        """What the tails hold of a day, in the order it came."""
        if day not in self.tail_days:
            return no_rows(self.kind)
        return self.tail.take((self.tail_day == day) & np.isin(self.tail.tag, np.array(tags, "u4")))

    def last_before(self, tags: Sequence[int], t0: int) -> dict[int, Rows]:
        """Of each tag its last sample before `t0`, however long ago; tags without one are left out."""
        found: dict[int, Rows] = {}
        days = (day for day in self.tail_days | self.segments.keys() if day * DAY_US < t0)
        for day in sorted(days, reverse=True):
            missing = [tag for tag in tags if tag not in found]
            if not missing:
                break
            for tag, rows in split_by_tag(self.rows(day, missing, t0, t0)):
                count = int(np.searchsorted(rows.ts, t0, side="left"))
                if count:
                    found[tag] = rows.take(slice(count - 1, count))
        return found

    def has_tag(self, segment: Segment, tag: int) -> bool:
        """Does the segment hold samples of the tag?"""
        return self.footers.get(segment.path).index.find(tag) >= 0

    def _read(self, segment: Segment, tags: Sequence[int], t0: int, t1: int) -> Rows:
        footer = self.footers.get(segment.path)
        with SegmentFile(self.folder / segment.path, footer, self.kind, segment.unit_us) as file:
            return file.read_tags(tags, t0, t1)

    def _above_floor(self, rows: Rows) -> Rows:
        if self.floor is None or not len(rows):
            return rows
        keep = rows.ts >= self.floor
        return rows if keep.all() else rows.take(keep)


def read_raw(
    view: View,
    folder: Path,
    footers: Footers,
    tenant: str,
    ids: Sequence[int],
    t0: int,
    t1: int,
    bounds: bool,
    limit: int | None,
) -> list[Series]:
    """Samples of `ids` in `[t0, t1)`; see `Store.raw`."""
    series: dict[int, Series] = {}
    for kind in KINDS:
        if ids:
            reader = KindReader(view, folder, footers, tenant, kind, ids, max(t0, t1))
            for one in _series_of_kind(reader, ids, t0, t1, bounds, limit):
                series[one.id] = one
    return [series[id] for id in ids if id in series]


def _series_of_kind(
    reader: KindReader, ids: Sequence[int], t0: int, t1: int, bounds: bool, limit: int | None
) -> list[Series]:
    parts: dict[int, list[Rows]] = {}
    counts = dict.fromkeys(ids, 0)
    for day in reader.days(t0, t1):
        for tag, rows in split_by_tag(reader.rows(day, ids, t0, t1)):
            parts.setdefault(tag, []).append(rows)
            counts[tag] += int(np.count_nonzero((rows.ts >= t0) & (rows.ts < t1)))
        if limit is not None and all(count > limit for count in counts.values()):
            break
    if bounds:
        without = [tag for tag in ids if tag not in parts or parts[tag][0].ts[0] >= t0]
        for tag, rows in (reader.last_before(without, t0) if without else {}).items():
            parts.setdefault(tag, []).insert(0, rows)
    cut = (_cut(tag, reader.kind, concat_rows(rows, reader.kind), t0, t1, bounds, limit) for tag, rows in parts.items())
    return [series for series in cut if len(series)]


def _cut(tag: int, kind: Kind, rows: Rows, t0: int, t1: int, bounds: bool, limit: int | None) -> Series:
    lo, hi = np.searchsorted(rows.ts, np.array([t0, max(t0, t1)], "i8"), side="left").tolist()
    truncated = limit is not None and hi - lo > limit
    if limit is not None:
        hi = min(hi, lo + limit)
    if bounds and lo:
        lo -= 1
    rows = rows.take(slice(lo, hi))
    return Series(tag, kind, rows.ts, rows.v, rows.q, truncated)
