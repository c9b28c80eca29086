"""A segment's file of samples: how rows become Parquet columns and come back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from platform_core.stores.base import IntArray, ValueArray
from platform_core.stores.embedded.damage import naming
from platform_core.stores.embedded.parquet import Footer, IndexedWriter, TagIndex
from platform_core.stores.embedded.rows import BAD_FROM, Rows, no_rows
from schemas.wire.columns import Kind

VALUE_TYPE: dict[Kind, pa.DataType] = {
    "f": pa.float64(),
    "i": pa.int64(),
    "u": pa.uint64(),
    "b": pa.uint8(),
    "s": pa.string(),
}
MILLISECOND_US = 1_000
ENCODINGS = dict.fromkeys(("ts", "seq"), "DELTA_BINARY_PACKED")


def time_unit_us(ts: IntArray) -> int:
    """1,000 when every time is a whole millisecond (a byte less per sample), else 1."""
    return MILLISECOND_US if not np.any(ts % MILLISECOND_US) else 1


class SegmentWriter:
    """Writes sorted, unique rows of one kind to one file."""

    def __init__(self, path: Path, kind: Kind, unit_us: int, group_rows: int) -> None:
        self.kind, self.unit_us = kind, unit_us
        stamp = pa.timestamp("ms" if unit_us == MILLISECOND_US else "us", "UTC")
        self.schema = pa.schema(
            [
                pa.field("tag", pa.uint32(), nullable=False),
                pa.field("ts", stamp, nullable=False),
                pa.field("v", VALUE_TYPE[kind]),
                pa.field("q", pa.uint8(), nullable=False),
                pa.field("seq", pa.int64(), nullable=False),
            ]
        )
        self.writer = IndexedWriter(path, self.schema, group_rows, ENCODINGS, ["tag", "v", "q"])

    def add(self, rows: Rows) -> None:
        """Append rows; over all calls sorted by (tag, ts)."""
        bad = rows.q >= BAD_FROM
        table = pa.Table.from_arrays(
            [
                pa.array(rows.tag),
                pa.array(rows.ts // self.unit_us).view(self.schema.field("ts").type),
                pa.array(rows.v, VALUE_TYPE[self.kind], mask=bad if bad.any() else None),
                pa.array(rows.q),
                pa.array(rows.seq),
            ],
            schema=self.schema,
        )
        self.writer.add(table, rows.tag, rows.ts)

    def finish(self) -> TagIndex:
        """Make the file whole and durable."""
        return self.writer.finish()


class SegmentFile:
    """Reads tags from a file of samples; `close` lets go of it (Windows cannot unlink what is open)."""

    def __init__(self, path: Path, footer: Footer, kind: Kind, unit_us: int) -> None:
        self.index, self.kind, self.unit_us = footer.index, kind, unit_us
        self._path = path
        with naming(path):
            self._file = pq.ParquetFile(
                path, metadata=footer.metadata, pre_buffer=False, page_checksum_verification=True
            )

    def __enter__(self) -> SegmentFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read_tags(self, tags: Sequence[int], t0: int, t1: int) -> Rows:
        """Rows of some tags: at least those in `[t0, t1)` and each tag's last one before, if it has any.

        Only whole row groups are decoded, each once, so more may come.
        """
        groups: set[int] = set()
        for tag in tags:
            at = self.index.find(tag)
            if at < 0 or self.index.t_min[at] >= t1:
                continue
            lo = int(self.index.row[at])
            a, b = self.index.groups_of(lo, lo + int(self.index.count[at]))
            groups.update(range(*(self._narrow(a, b, t0, t1) if b - a > 2 else (a, b))))
        if not groups:
            return no_rows(self.kind)
        rows = self._read(sorted(groups))
        if len(tags) > 1:
            return rows.take(np.isin(rows.tag, np.array(tags, "u4")))
        lo, hi = np.searchsorted(rows.tag, np.array([tags[0], tags[0] + 1], "u8")).tolist()
        return rows.take(slice(lo, hi))

    def read_span(self, lo: int, hi: int) -> Rows:
        """The rows lo:hi of the file."""
        a, b = self.index.groups_of(lo, hi)
        first = int(self.index.group_row[a])
        return self._read(list(range(a, b))).take(slice(lo - first, hi - first))

    def _narrow(self, a: int, b: int, t0: int, t1: int) -> tuple[int, int]:
        """Of a large tag's groups those with samples in the range, and the one with the sample before.

        The first and the last group may hold other tags too; their times say
        nothing about this one, so they stay unless a group between decides.
        """
        between = self.index.group_t_min[a + 1 : b - 1]
        before = int(np.searchsorted(between, t0, side="left"))
        behind = int(np.searchsorted(between, t1, side="left"))
        return a + before, b if behind == len(between) else a + 1 + behind

    def _read(self, groups: Sequence[int]) -> Rows:
        with naming(self._path):
            table = self._file.read_row_groups(list(groups), use_threads=False)
        ts = _numpy(table.column("ts").cast(pa.int64())) * self.unit_us
        return Rows(
            _numpy(table.column("tag")),
            ts,
            _numpy(table.column("seq")),
            _numpy(table.column("q")),
            self._values(table.column("v")),
        )

    def _values(self, column: pa.ChunkedArray) -> ValueArray:
        if self.kind == "s":
            return np.array(column.fill_null("").to_pylist(), dtype=object)
        values: ValueArray = _numpy(column.fill_null(0) if column.null_count else column)
        return values


def _numpy(column: pa.ChunkedArray) -> Any:
    if column.num_chunks == 1:
        return column.chunk(0).to_numpy(zero_copy_only=False)
    return column.to_numpy()
