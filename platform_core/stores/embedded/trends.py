"""Buckets of some tags, each day from the coarsest cells that give the exact answer.

A rollup of a day stands for its samples only when nothing else holds samples
of the tag on that day, when no bucket edge cuts one of its slots, and when no
value was held in it for longer than the caller allows. Where one of these
fails, or the file of a rollup is damaged, the next finer level is read, the
samples themselves at last: they give the same answer. Where the values between
samples lie on lines (a swinging door thinned them) hours are used, of which the
area below lines is known, and then the samples, which are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from platform_core.stores.base import Between, BucketFn, BucketSeries, IntArray, Series
from platform_core.stores.embedded.bucketing import bucket_series
from platform_core.stores.embedded.calendar import HOUR_US, MINUTE_US, bucket_starts
from platform_core.stores.embedded.cells import Cells, cells_of_rows, concat_cells, merge_cells
from platform_core.stores.embedded.damage import DamagedFile
from platform_core.stores.embedded.footers import Footers
from platform_core.stores.embedded.manifest import DAY, DAY_US, Segment, month_of
from platform_core.stores.embedded.reader import KindReader, read_raw
from platform_core.stores.embedded.rollup import RollupFile
from platform_core.stores.embedded.rows import Rows, split_by_tag
from platform_core.stores.embedded.views import View
from schemas.wire.columns import KINDS

CellsByTag = dict[int, Cells]

TIME_MAX: Final = (1 << 63) - 1
#: A day with fewer samples is kept sample by sample until all days are put together.
MERGED_FROM: Final = 2_000


def read_buckets(
    view: View,
    folder: Path,
    footers: Footers,
    tenant: str,
    ids: Sequence[int],
    t0: int,
    t1: int,
    step_us: int,
    tz: str,
    fns: Sequence[BucketFn],
    between: Between,
) -> list[BucketSeries]:
    """Buckets of `ids` in `[t0, t1)`; see `Store.buckets`."""
    starts = bucket_starts(t0, t1, step_us, tz)
    if not len(starts) or not ids:
        return []
    edges = np.concatenate(([t0], starts[1:], [t1])).astype("i8")
    found: dict[int, BucketSeries] = {}
    after = _after(view, folder, footers, tenant, ids, t1, between)
    for kind in KINDS:
        reader = KindReader(view, folder, footers, tenant, kind, ids, t1)
        for tag, cells in TrendReader(reader, edges, between).cells(ids).items():
            found[tag] = bucket_series(tag, kind, cells, starts, edges, fns, between, after.get(tag))
    return [found[id] for id in ids if id in found]


def _after(
    view: View, folder: Path, footers: Footers, tenant: str, ids: Sequence[int], t1: int, between: Between
) -> CellsByTag:
    """Of each tag the first sample from `t1` on, as far as a line leads there."""
    if between.line_us is None:
        return {}
    until = min(t1 + between.line_us + 1, TIME_MAX)
    series = read_raw(view, folder, footers, tenant, ids, t1, until, bounds=False, limit=1)
    return {one.id: cells_of_rows(_rows(one), one.kind) for one in series}


def _rows(series: Series) -> Rows:
    count = len(series)
    return Rows(np.full(count, series.id, "u4"), series.ts, np.zeros(count, "i8"), series.q, series.v)


class TrendReader:
    """Collects the cells of some tags between the first and the last edge, and the one before."""

    def __init__(self, reader: KindReader, edges: IntArray, between: Between) -> None:
        self.reader, self.edges, self.between = reader, edges, between
        self.t0, self.t1 = int(edges[0]), int(edges[-1])
        self.ladders = {
            ladder.month: ladder
            for ladder in reader.view.manifest.ladders
            if ladder.tenant == reader.tenant and ladder.kind == reader.kind
        }
        self._ladder_cells: dict[int, CellsByTag] = {}

    def cells(self, tags: Sequence[int]) -> CellsByTag:
        """Per tag its cells in time order; tags without a sample before the end are left out."""
        parts: dict[int, list[Cells]] = {}
        for day in self.reader.days(self.t0, self.t1):
            for tag, cells in self._day(day, tags).items():
                if len(cells):
                    parts.setdefault(tag, []).append(cells)
        without = [tag for tag in tags if tag not in parts or parts[tag][0].lead_t[0] >= self.t0]
        for tag, rows in (self.reader.last_before(without, self.t0) if without else {}).items():
            parts.setdefault(tag, []).insert(0, cells_of_rows(rows, self.reader.kind))
        cut = {tag: self._cut(concat_cells(some)) for tag, some in parts.items()}
        return {tag: cells for tag, cells in cut.items() if len(cells)}

    def _cut(self, cells: Cells) -> Cells:
        lo, hi = np.searchsorted(cells.lead_t, np.array([self.t0, self.t1], "i8"), side="left").tolist()
        return cells.take(slice(max(0, lo - 1), hi))

    def _day(self, day: int, tags: Sequence[int]) -> CellsByTag:
        found: CellsByTag = {}
        left = list(tags)
        segment = self._whole_day(day)
        if segment is not None:
            alone = [tag for tag in left if self._alone(segment, tag)]
            if alone and segment.hour_bytes and self._fits(day, HOUR_US):
                found |= self._usable(self._hours(segment, alone))
            alone = [tag for tag in alone if tag not in found]
            if alone and segment.minute_bytes and self.between.line_us is None and self._fits(day, MINUTE_US):
                found |= self._usable(self._rollup(segment.minute_path, segment.unit_us, alone))
            left = [tag for tag in left if tag not in found]
        if left and (segment is None or len(left) < len(tags) or self.reader.holding(day, left)):
            rows = self.reader.rows(day, left, self.t0, self.t1)
            found |= {tag: self._few(cells_of_rows(part, self.reader.kind)) for tag, part in split_by_tag(rows)}
        return found

    def _few(self, cells: Cells) -> Cells:
        """One cell per bucket, or per stretch without a long gap in it, where a day has many samples: a year that has
        just been imported has no rollups yet, and its samples together would not fit in the memory of a small
        machine."""
        if len(cells) < MERGED_FROM or self.reader.kind == "s":
            return cells
        bucket = np.searchsorted(self.edges, cells.lead_t, side="right")
        new = bucket[1:] != bucket[:-1]
        if (gap_max_us := self.between.gap_max_us) is not None:
            new |= cells.lead_t[1:] - cells.tail_t[:-1] > gap_max_us
        return merge_cells(cells, np.flatnonzero(np.append(True, new)))

    def _whole_day(self, day: int) -> Segment | None:
        """The day's merged segment, when its rollups hold nothing that was dropped since."""
        for segment in self.reader.segments.get(day, ()):
            floor = self.reader.floor
            if segment.level == DAY and (floor is None or floor <= segment.t_min):
                return segment
        return None

    def _alone(self, segment: Segment, tag: int) -> bool:
        """No other source has samples of the tag on the segment's day."""
        if len(self.reader.tail_rows(segment.day, [tag])):
            return False
        others = (one for one in self.reader.holding(segment.day, [tag]) if one.no != segment.no)
        return not any(self.reader.has_tag(one, tag) for one in others)

    def _fits(self, day: int, slot_us: int) -> bool:
        """No edge within the day cuts a slot."""
        lo, hi = np.searchsorted(self.edges, np.array([day * DAY_US, (day + 1) * DAY_US], "i8")).tolist()
        return not np.any(self.edges[lo:hi] % slot_us)

    def _usable(self, cells: CellsByTag) -> CellsByTag:
        gap_max_us, lines = self.between.gap_max_us, self.between.line_us is not None
        if gap_max_us is not None:
            cells = {tag: some for tag, some in cells.items() if not np.any(some.gap_us > gap_max_us)}
        return {tag: some for tag, some in cells.items() if not lines or np.isfinite(some.slope_area).all()}

    def _hours(self, segment: Segment, tags: Sequence[int]) -> CellsByTag:
        month = month_of(segment.day)
        ladder = self.ladders.get(month)
        if ladder is None or ladder.days.get(segment.day) != segment.no:
            return self._rollup(segment.hour_path, segment.unit_us, tags)
        if month not in self._ladder_cells:
            try:
                self._ladder_cells[month] = self._file(ladder.path, 1, tags)
            except DamagedFile as error:
                self.reader.footers.tell(ladder.path, error)
                del self.ladders[month]  # its days have the same hours
                return self._rollup(segment.hour_path, segment.unit_us, tags)
        limits = np.array([segment.day * DAY_US, (segment.day + 1) * DAY_US], "i8")
        found: CellsByTag = {}
        for tag in tags:
            cells = self._ladder_cells[month].get(tag)
            if cells is not None:
                lo, hi = np.searchsorted(cells.lead_t, limits, side="left").tolist()
                found[tag] = cells.take(slice(lo, hi))
        return found

    def _rollup(self, path: str, unit_us: int, tags: Sequence[int]) -> CellsByTag:
        """Cells of a rollup file; none when it is damaged, so that the next finer level is read."""
        try:
            return self._file(path, unit_us, tags)
        except DamagedFile as error:
            self.reader.footers.tell(path, error)
            return {}

    def _file(self, path: str, unit_us: int, tags: Sequence[int]) -> CellsByTag:
        footer = self.reader.footers.get(path)
        with RollupFile(self.reader.folder / path, footer, unit_us) as file:
            return file.read_tags(tags)
