"""Fewer, larger segments: an hour's worth of sealed ones into one, a closed day into one with rollups.

A merge always takes all segments of a day, or all sealed ones (which are the
newest), so that `order` stays a plain sequence. It reads a range of tags at a
time and never holds a day in memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from platform_core.stores.base import IntArray
from platform_core.stores.embedded.footers import Footers
from platform_core.stores.embedded.manifest import DAY, DAY_US, HOUR, SEALED, Manifest, Segment
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.rows import Rows, TagArray, concat_rows, sort_rows
from platform_core.stores.embedded.segment import SegmentFile
from platform_core.stores.embedded.writing import Place, write_segment


class Interrupted(OSError):
    """The store is being closed; like after a failed write, nothing of the merge is left."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Segments of one tenant, day and kind to become one of `level`."""

    sources: tuple[Segment, ...]
    level: int


def plan_merge(manifest: Manifest, options: StoreOptions) -> Merge | None:
    """The merge that is due, the one with the most segments first."""
    now = options.clock_us()
    due: list[Merge] = []
    for days in manifest.by_day.values():
        for day, segments in days.items():
            merge = _day_merge(day, segments, now, options) or _hour_merge(segments, options)
            if merge is not None:
                due.append(merge)
    return max(due, key=lambda merge: len(merge.sources), default=None)


def _day_merge(day: int, segments: list[Segment], now: int, options: StoreOptions) -> Merge | None:
    """All of a closed day; what comes late is gathered for a while, for each merge rewrites the day."""
    if now < (day + 1) * DAY_US + int(options.day_close_s * 1e6):
        return None
    late = [segment for segment in segments if segment.level != DAY]
    if not late:
        return None
    settled = now - max(segment.made_us for segment in late) >= options.late_settle_s * 1e6
    if len(late) == len(segments) or settled or len(late) >= options.late_segments_max:
        return Merge(tuple(segments), DAY)
    return None


def _hour_merge(segments: list[Segment], options: StoreOptions) -> Merge | None:
    sealed = [segment for segment in segments if segment.level == SEALED]
    if len(sealed) < options.hour_segments:
        return None
    return Merge(tuple(sealed), HOUR)


def run_merge(
    folder: Path,
    footers: Footers,
    merge: Merge,
    no: int,
    floor: int | None,
    options: StoreOptions,
    stopping: Callable[[], bool],
) -> Segment | None:
    """Write the merged segment; None when nothing of the sources is to be kept.

    Raises Interrupted between two ranges of tags when `stopping` says so.
    """
    first = merge.sources[0]
    place = Place(
        no,
        first.tenant,
        first.day,
        first.kind,
        merge.level,
        max(segment.order for segment in merge.sources),
        min(segment.unit_us for segment in merge.sources),
    )
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(
                SegmentFile(folder / segment.path, footers.get(segment.path), segment.kind, segment.unit_us)
            )
            for segment in sorted(merge.sources, key=lambda segment: segment.order)
        ]
        return write_segment(folder, place, _merged(opened, floor, options.merge_rows, stopping), options)


def _merged(
    opened: list[SegmentFile], floor: int | None, merge_rows: int, stopping: Callable[[], bool]
) -> Iterator[Rows]:
    for tag_lo, tag_hi in tag_spans([(file.index.tag, file.index.count) for file in opened], merge_rows):
        if stopping():
            raise Interrupted("The store is being closed.")
        parts = []
        for file in opened:
            lo, hi = rows_of_tags(file.index.tag, file.index.row, file.index.count, tag_lo, tag_hi)
            if hi > lo:
                parts.append(file.read_span(lo, hi))
        rows = sort_rows(concat_rows(parts, opened[0].kind))
        yield rows if floor is None else rows.take(rows.ts >= floor)


def tag_spans(indexes: list[tuple[TagArray, IntArray]], rows_max: int) -> Iterator[tuple[int, int]]:
    """Ranges of tags `[lo, hi]` with about `rows_max` rows in all indexes (tags, rows of each) together."""
    tags, at = np.unique(np.concatenate([tag for tag, _ in indexes]), return_inverse=True)
    counts = np.bincount(at, weights=np.concatenate([count for _, count in indexes]))
    lo, gathered = 0, 0
    for i, count in enumerate(counts.tolist()):
        if i > lo and gathered + count > rows_max:
            yield int(tags[lo]), int(tags[i - 1])
            lo, gathered = i, 0
        gathered += int(count)
    yield int(tags[lo]), int(tags[-1])


def rows_of_tags(tag: TagArray, row: IntArray, count: IntArray, tag_lo: int, tag_hi: int) -> tuple[int, int]:
    """Rows `[lo, hi)` of a file that hold the tags from `tag_lo` to `tag_hi`."""
    a, b = np.searchsorted(tag, np.array([tag_lo, tag_hi + 1], "u8")).tolist()
    return (0, 0) if a == b else (int(row[a]), int(row[b - 1] + count[b - 1]))
