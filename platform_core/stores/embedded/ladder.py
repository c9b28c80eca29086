"""Ladders: a month's hour rollups in one file, so that a year is a dozen files and not 365.

A ladder copies cells from the day segments it names. A day counts only while
its segment is still the one that was copied; when a day is merged again its
cells are read from the day's own file until the ladder is built anew.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from platform_core.stores.embedded import files
from platform_core.stores.embedded.compaction import rows_of_tags, tag_spans
from platform_core.stores.embedded.footers import Footers
from platform_core.stores.embedded.manifest import DAY, DAY_US, Ladder, Manifest, Segment, month_of
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.rollup import HOUR_GROUP_ROWS, RollupFile, RollupWriter, concat_tagged
from schemas.wire.columns import Kind

SPAN_CELLS = 300_000
GROUP_ROWS = 2 * HOUR_GROUP_ROWS
STALE_DAYS_MAX = 7


@dataclass(frozen=True, slots=True)
class Rungs:
    """The day segments to copy into one ladder."""

    tenant: str
    month: int
    kind: Kind
    segments: tuple[Segment, ...]

    def replaces(self, one: Ladder) -> bool:
        """Is `one` of the same tenant, month and kind?"""
        return (one.tenant, one.month, one.kind) == (self.tenant, self.month, self.kind)


def plan(manifest: Manifest, options: StoreOptions) -> Rungs | None:
    """A month of which a week is not in its ladder yet, or that is over and has any such day."""
    known = {(one.tenant, one.month, one.kind): one.days for one in manifest.ladders}
    months: dict[tuple[str, int, Kind], list[Segment]] = defaultdict(list)
    for segment in manifest.segments:
        if segment.level == DAY and segment.hour_bytes:
            months[segment.tenant, month_of(segment.day), segment.kind].append(segment)
    this_month = month_of(int(options.clock_us() - options.day_close_s * 1e6) // DAY_US)
    for (tenant, month, kind), segments in sorted(months.items()):
        days = known.get((tenant, month, kind), {})
        stale = sum(days.get(segment.day) != segment.no for segment in segments)
        if stale >= STALE_DAYS_MAX or (stale and month < this_month):
            return Rungs(tenant, month, kind, tuple(sorted(segments, key=lambda segment: segment.day)))
    return None


def build(folder: Path, footers: Footers, rungs: Rungs, no: int) -> Ladder:
    """Write the ladder's file; raises OSError and leaves none when the disk refuses."""
    days = {segment.day: segment.no for segment in rungs.segments}
    made = Ladder(no, rungs.tenant, rungs.month, rungs.kind, 0, days)
    path = folder / made.path
    files.make_folder(path.parent)
    writer = RollupWriter(path, rungs.kind, 1, GROUP_ROWS, lines=True)
    try:
        _copy(folder, footers, rungs, writer)
        size = writer.finish()
        files.sync_folder(path.parent)
    except OSError as error:
        writer.abandon(error)
        files.remove(path)
        raise
    return replace(made, bytes=size)


def _copy(folder: Path, footers: Footers, rungs: Rungs, writer: RollupWriter) -> None:
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(RollupFile(folder / segment.hour_path, footers.get(segment.hour_path), segment.unit_us))
            for segment in rungs.segments
        ]
        for tag_lo, tag_hi in tag_spans([(file.index.tag, file.index.count) for file in opened], SPAN_CELLS):
            parts = []
            for file in opened:
                lo, hi = rows_of_tags(file.index.tag, file.index.row, file.index.count, tag_lo, tag_hi)
                if hi > lo:
                    parts.append(file.read_span(lo, hi))
            writer.add(concat_tagged(parts))


def without_empty(manifest: Manifest) -> Manifest:
    """The manifest without ladders of which no day is left."""
    present = {segment.no for segment in manifest.segments}
    kept = tuple(one for one in manifest.ladders if not present.isdisjoint(one.days.values()))
    return replace(manifest, ladders=kept)
