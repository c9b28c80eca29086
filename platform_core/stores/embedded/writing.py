"""Samples into segments: sealing a tail, and the files that come of one (tenant, day, kind)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from platform_core.stores.embedded import files
from platform_core.stores.embedded.manifest import DAY, DAY_US, SEALED, Segment
from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.rollup import (
    HOUR_GROUP_ROWS,
    MINUTE_GROUP_ROWS,
    RollupWriter,
    dense_only,
    hour_cells,
    minute_cells,
)
from platform_core.stores.embedded.rows import Rows, sort_rows
from platform_core.stores.embedded.segment import SegmentWriter, time_unit_us
from platform_core.stores.embedded.tail import Tail
from schemas.wire.columns import Kind


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new segment belongs; the fields are those of `Segment`."""

    no: int
    tenant: str
    day: int
    kind: Kind
    level: int
    order: int
    unit_us: int


def write_segment(folder: Path, place: Place, parts: Iterable[Rows], options: StoreOptions) -> Segment | None:
    """Write sorted rows (`parts` in order, a tag never in two of them) and, for a day, its rollups.

    None when there were no rows. Raises OSError and leaves no file behind when
    the disk refuses.
    """
    named = Segment(
        **{name: getattr(place, name) for name in Place.__slots__},
        rows=0, tags=0, tag_min=0, tag_max=0, t_min=0, t_max=0, bytes=0, made_us=options.clock_us(),
    )  # fmt: skip
    files.make_folder((folder / named.path).parent)
    work = _DayFiles(folder, named, options)
    try:
        for rows in parts:
            if len(rows):
                work.add(rows)
        return work.finish()
    except OSError as error:
        work.abandon(error)
        raise


class _DayFiles:
    """The file of samples and the rollup files of one segment, while they are written."""

    def __init__(self, folder: Path, named: Segment, options: StoreOptions) -> None:
        self.folder, self.named, self.options = folder, named, options
        self.rolls = named.level == DAY and named.kind != "s"
        self.samples: SegmentWriter | None = None
        self.minutes = RollupWriter(
            folder / named.minute_path, named.kind, named.unit_us, MINUTE_GROUP_ROWS, lines=False
        )
        self.hours = RollupWriter(folder / named.hour_path, named.kind, named.unit_us, HOUR_GROUP_ROWS, lines=True)

    def add(self, rows: Rows) -> None:
        if self.samples is None:
            group_rows = self.options.rows_per_group if self.named.level == DAY else self.options.rows_per_small_group
            path = self.folder / self.named.path
            self.samples = SegmentWriter(path, self.named.kind, self.named.unit_us, group_rows)
        self.samples.add(rows)
        if self.rolls:
            minutes = minute_cells(rows, self.named.kind)
            self.hours.add(hour_cells(minutes))
            self.minutes.add(dense_only(minutes, rows, self.options.minute_rollup_min_rows))

    def finish(self) -> Segment | None:
        if self.samples is None:
            return None
        index = self.samples.finish()
        named = {name: getattr(self.named, name) for name in Place.__slots__}
        segment = Segment(
            **named,
            rows=self.samples.writer.rows,
            tags=len(index.tag),
            tag_min=int(index.tag[0]),
            tag_max=int(index.tag[-1]),
            t_min=int(index.t_min.min()),
            t_max=int(index.t_max.max()),
            bytes=(self.folder / self.named.path).stat().st_size,
            made_us=self.named.made_us,
            minute_bytes=self.minutes.finish(),
            hour_bytes=self.hours.finish(),
        )
        files.sync_folder((self.folder / segment.path).parent)
        return segment

    def abandon(self, error: OSError) -> None:
        if self.samples is not None:
            self.samples.writer.abandon(error)
        self.minutes.abandon(error)
        self.hours.abandon(error)
        for path in (self.named.path, self.named.minute_path, self.named.hour_path):
            files.remove(self.folder / path)


def seal_tail(folder: Path, tail: Tail, next_no: int, floors: dict[str, int], options: StoreOptions) -> list[Segment]:
    """Everything in a tail as segments, one per tenant, kind and day; all or none of them are left."""
    made: list[Segment] = []
    try:
        for tenant, kind in tail.parts():
            rows = sort_rows(tail.rows(tenant, kind))
            if tenant in floors:
                rows = rows.take(rows.ts >= floors[tenant])
            for day, part in _by_day(rows):
                no = next_no + len(made)
                place = Place(no, tenant, day, kind, SEALED, no, time_unit_us(part.ts))
                segment = write_segment(folder, place, [part], options)
                if segment is not None:
                    made.append(segment)
    except OSError:
        for segment in made:
            files.remove(folder / segment.path)
        raise
    return made


def _by_day(rows: Rows) -> list[tuple[int, Rows]]:
    if not len(rows):
        return []
    day = rows.ts // DAY_US
    if int(day.min()) == int(day.max()):
        return [(int(day[0]), rows)]
    return [(one, rows.take(day == one)) for one in np.unique(day).tolist()]
