"""Rollup files: the cells of a day by minute or hour (or a month by hour), a row per tag and slot.

Times inside a slot are kept as offsets from its beginning, in the unit of the
segment, so that a row stays small. The longest hold is rounded up to a second:
it only decides whether the row may be used, and up is the safe side. Rows of
hours know the area below lines between samples too (`slope_area`); in files of
earlier versions it is missing, and so are lines in rows of minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from platform_core.stores.base import IntArray
from platform_core.stores.embedded.calendar import HOUR_US, MINUTE_US, SECOND_US
from platform_core.stores.embedded.cells import Cells, cells_of_rows, merge_cells
from platform_core.stores.embedded.damage import naming
from platform_core.stores.embedded.parquet import Footer, IndexedWriter
from platform_core.stores.embedded.rows import Rows, TagArray, tag_starts
from platform_core.stores.embedded.segment import VALUE_TYPE
from schemas.wire.columns import Kind

MINUTE_GROUP_ROWS = 8_192
HOUR_GROUP_ROWS = 2_048
VALUE_COLUMNS = ("min", "max", "first", "last")
OFFSETS = ("min_o", "max_o", "first_o", "last_o")
SMALL = ("n", "bad_us", "gap_us", "lead_d", "tail_d")
ENCODINGS = {
    "t": "DELTA_BINARY_PACKED",
    "sum": "BYTE_STREAM_SPLIT",
    "integral": "BYTE_STREAM_SPLIT",
    "slope_area": "BYTE_STREAM_SPLIT",
    **dict.fromkeys(OFFSETS, "BYTE_STREAM_SPLIT"),
}


@dataclass(frozen=True, slots=True)
class TaggedCells:
    """Cells of several tags, sorted by tag and time, with the tag and the slot of each."""

    tag: TagArray
    slot_t: IntArray
    cells: Cells

    def take(self, index: Any) -> TaggedCells:
        """The cells chosen by a mask, positions or a slice."""
        return TaggedCells(self.tag[index], self.slot_t[index], self.cells.take(index))


def minute_cells(rows: Rows, kind: Kind) -> TaggedCells:
    """Sorted, unique samples by tag and minute."""
    return _slots(TaggedCells(rows.tag, rows.ts, cells_of_rows(rows, kind)), MINUTE_US)


def hour_cells(minutes: TaggedCells) -> TaggedCells:
    """Minutes by tag and hour."""
    return _slots(minutes, HOUR_US)


def _slots(fine: TaggedCells, slot_us: int) -> TaggedCells:
    slot = fine.slot_t // slot_us
    new = (slot[1:] != slot[:-1]) | (fine.tag[1:] != fine.tag[:-1])
    starts = np.concatenate(([0], np.flatnonzero(new) + 1))
    return TaggedCells(fine.tag[starts], slot[starts] * slot_us, merge_cells(fine.cells, starts))


def dense_only(minutes: TaggedCells, rows: Rows, min_rows: int) -> TaggedCells:
    """The minutes of tags with at least `min_rows` samples per minute: for slower tags they would save nothing."""
    starts, row_starts = tag_starts(minutes.tag), tag_starts(rows.tag)
    cells = np.diff(np.append(starts, len(minutes.tag)))
    samples = np.diff(np.append(row_starts, len(rows)))
    return minutes.take(np.repeat(samples >= cells * min_rows, cells))


class RollupWriter:
    """Writes tagged cells to one file, which is made with the first of them."""

    def __init__(self, path: Path, kind: Kind, unit_us: int, group_rows: int, *, lines: bool) -> None:
        self.path, self.kind, self.unit_us, self.group_rows = path, kind, unit_us, group_rows
        self.schema = _schema(kind, lines)
        self.writer: IndexedWriter | None = None

    def add(self, part: TaggedCells) -> None:
        """Append cells; over all calls sorted by tag and slot."""
        if not len(part.tag):
            return
        if self.writer is None:
            dictionary = ["tag", *VALUE_COLUMNS, *SMALL, "tail_bad"]
            self.writer = IndexedWriter(self.path, self.schema, self.group_rows, self._encodings(), dictionary)
        cells = part.cells
        columns: dict[str, Any] = {"tag": part.tag, "t": part.slot_t, "n": cells.n.astype("u4")}
        columns |= {name: getattr(cells, name) for name in ("sum", *VALUE_COLUMNS, "integral", "slope_area")}
        for name in VALUE_COLUMNS:
            columns[f"{name}_o"] = self._offset(getattr(cells, f"{name}_t") - part.slot_t)
        columns["bad_us"] = cells.bad_us.astype("u4")
        columns["gap_us"] = (-(-cells.gap_us // SECOND_US) * SECOND_US).astype("u4")
        columns["lead_d"] = self._offset(cells.first_t - cells.lead_t)
        columns["tail_d"] = self._offset(cells.tail_t - cells.last_t)
        columns["tail_bad"] = cells.tail_bad.astype("u1")
        arrays = [
            pa.array(columns[field.name]).view(field.type)
            if field.name == "t"
            else pa.array(columns[field.name], field.type)
            for field in self.schema
        ]
        self.writer.add(pa.Table.from_arrays(arrays, schema=self.schema), part.tag, part.slot_t)

    def finish(self) -> int:
        """Make the file whole and durable; its bytes, 0 when there was nothing to write."""
        if self.writer is None:
            return 0
        self.writer.finish()
        return self.path.stat().st_size

    def abandon(self, error: OSError) -> None:
        """Close after a failure."""
        if self.writer is not None:
            self.writer.abandon(error)

    def _encodings(self) -> dict[str, str]:
        return {name: encoding for name, encoding in ENCODINGS.items() if name in self.schema.names}

    def _offset(self, time_us: IntArray) -> Any:
        return (time_us // self.unit_us).astype("u4")


class RollupFile:
    """Reads tags from a rollup file."""

    def __init__(self, path: Path, footer: Footer, unit_us: int) -> None:
        self.index, self.unit_us = footer.index, unit_us
        self._path = path
        with naming(path):
            self._file = pq.ParquetFile(
                path, metadata=footer.metadata, pre_buffer=False, page_checksum_verification=True
            )

    def __enter__(self) -> RollupFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read_tags(self, tags: Sequence[int]) -> dict[int, Cells]:
        """All cells of those of the tags that are in the file."""
        spans: dict[int, tuple[int, int]] = {}
        groups: set[int] = set()
        for tag in tags:
            at = self.index.find(tag)
            if at >= 0:
                lo = int(self.index.row[at])
                spans[tag] = (lo, lo + int(self.index.count[at]))
                groups.update(range(*self.index.groups_of(*spans[tag])))
        if not groups:
            return {}
        read = self._read(sorted(groups))
        found: dict[int, Cells] = {}
        for tag in spans:
            lo, hi = np.searchsorted(read.tag, np.array([tag, tag + 1], "u8")).tolist()
            found[tag] = read.cells.take(slice(lo, hi))
        return found

    def read_span(self, lo: int, hi: int) -> TaggedCells:
        """The rows lo:hi of the file."""
        a, b = self.index.groups_of(lo, hi)
        first = int(self.index.group_row[a])
        return self._read(list(range(a, b))).take(slice(lo - first, hi - first))

    def _read(self, groups: list[int]) -> TaggedCells:
        with naming(self._path):
            table = self._file.read_row_groups(groups, use_threads=False).combine_chunks()
        t = table.column("t").cast(pa.int64()).to_numpy()
        column = {name: table.column(name).to_numpy() for name in table.column_names if name != "t"}
        time = {name: t + column[f"{name}_o"].astype("i8") * self.unit_us for name in VALUE_COLUMNS}
        lead = time["first"] - column["lead_d"].astype("i8") * self.unit_us
        tail = time["last"] + column["tail_d"].astype("i8") * self.unit_us
        bad_us = column["bad_us"].astype("i8")
        values = {name: column[name] for name in VALUE_COLUMNS} | {f"{name}_t": time[name] for name in time}
        cells = Cells(
            n=column["n"].astype("i8"),
            sum=column["sum"],
            **values,
            integral=column["integral"],
            slope_area=column["slope_area"] if "slope_area" in column else np.full(len(t), np.nan),
            good_us=tail - lead - bad_us,
            bad_us=bad_us,
            gap_us=column["gap_us"].astype("i8"),
            lead_t=lead,
            tail_t=tail,
            tail_bad=column["tail_bad"].astype(bool),
        )
        return TaggedCells(column["tag"], t, cells)


def concat_tagged(parts: Sequence[TaggedCells]) -> TaggedCells:
    """Cells of several files, sorted by tag and slot."""
    tag = np.concatenate([part.tag for part in parts])
    slot = np.concatenate([part.slot_t for part in parts])
    cells = Cells(*(np.concatenate([getattr(part.cells, field.name) for part in parts]) for field in fields(Cells)))
    return TaggedCells(tag, slot, cells).take(np.lexsort((slot, tag)))


def _schema(kind: Kind, lines: bool) -> pa.Schema:
    value, offset = VALUE_TYPE[kind], pa.uint32()
    columns: list[tuple[str, pa.DataType]] = [
        ("tag", pa.uint32()),
        ("t", pa.timestamp("us", "UTC")),
        ("n", pa.uint32()),
        ("sum", pa.float64()),
        *((name, value) for name in VALUE_COLUMNS),
        ("integral", pa.float64()),
        *((name, offset) for name in OFFSETS),
        *((name, offset) for name in ("bad_us", "gap_us", "lead_d", "tail_d")),
        ("tail_bad", pa.uint8()),
        *([("slope_area", pa.float64())] if lines else []),
    ]
    return pa.schema([pa.field(name, type, nullable=False) for name, type in columns])
