"""Parquet files whose row groups are cut at tags, with an index from tag to rows in the footer.

Finding a tag needs the index alone: no statistics are read and only the row
groups that hold the tag are decoded. Samples and rollups share this form; they
differ in their columns. A tag with more rows than a group takes has groups of
its own, and the index keeps the times of each group, so that a minute of a
fast tag does not cost its day.
"""

from __future__ import annotations

import base64
import contextlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from platform_core.stores.base import IntArray
from platform_core.stores.embedded import files
from platform_core.stores.embedded.damage import naming
from platform_core.stores.embedded.rows import TagArray, tag_starts

INDEX_KEY = "interlock.index"
GROUP_MAX_FACTOR = 2
#: Values repeat often in a plant; above this many bytes of distinct ones a dictionary no longer pays.
DICTIONARY_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class TagIndex:
    """Per tag: first row, rows, first and last time (µs); per row group: first row and times."""

    tag: TagArray
    row: IntArray
    count: IntArray
    t_min: IntArray
    t_max: IntArray
    group_row: IntArray
    group_t_min: IntArray
    group_t_max: IntArray

    def find(self, tag: int) -> int:
        """Position of a tag in the index, -1 when the file has none of it."""
        at = int(np.searchsorted(self.tag, tag))
        return at if at < len(self.tag) and self.tag[at] == tag else -1

    def groups_of(self, lo: int, hi: int) -> tuple[int, int]:
        """Row groups `[a, b)` that hold the rows lo:hi."""
        a = int(np.searchsorted(self.group_row, lo, side="right")) - 1
        b = int(np.searchsorted(self.group_row, hi, side="left"))
        return a, b

    def encode(self) -> str:
        """Text for the footer: field → zlib, base64 of little-endian bytes of the differences."""
        return json.dumps(
            {
                name: base64.b64encode(zlib.compress(_steps(getattr(self, name)).tobytes(), 1)).decode()
                for name in self.__slots__
            }
        )

    @classmethod
    def decode(cls, text: bytes) -> TagIndex:
        """The reverse of `encode`."""
        arrays: dict[str, Any] = {}
        for name, part in json.loads(text).items():
            steps = np.frombuffer(zlib.decompress(base64.b64decode(part)), "<i8")
            arrays[name] = np.cumsum(steps, dtype="i8")
        arrays["tag"] = arrays["tag"].astype("u4")
        return cls(**arrays)


class IndexedWriter:
    """Writes sorted columns; `time` is the name of the column the index takes times from.

    `add` takes rows in order, over all calls sorted by (tag, time). Rows are
    gathered until a group is full; a group ends where a tag ends unless the
    tag alone is too large.
    """

    def __init__(
        self, path: Path, schema: pa.Schema, group_rows: int, encodings: dict[str, str], dictionary: list[str]
    ) -> None:
        self.group_rows = group_rows
        self._file_context = files.new_file(path)
        self._file = self._file_context.__enter__()
        self._writer = pq.ParquetWriter(
            self._file,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=dictionary,
            dictionary_pagesize_limit=DICTIONARY_BYTES,
            column_encoding=encodings,
            write_statistics=False,
            write_page_checksum=True,
            store_schema=False,
        )
        self._pending: list[tuple[pa.Table, TagArray, IntArray]] = []
        self._pending_rows = 0
        self._parts: list[tuple[TagArray, IntArray, IntArray, IntArray]] = []
        self._groups: list[tuple[int, int, int]] = []
        self.rows = 0

    def add(self, table: pa.Table, tag: TagArray, ts: IntArray) -> None:
        """Append rows; `ts` in µs."""
        starts = tag_starts(tag)
        ends = np.append(starts[1:], len(tag)).tolist()
        lo = 0
        for start, end in zip(starts.tolist(), ends, strict=True):
            gathered = self._pending_rows + start - lo
            if gathered and gathered + end - start > self.group_rows * GROUP_MAX_FACTOR:
                self._gather(table, tag, ts, lo, start)
                self._write_group()
                lo = start
            while end - lo > self.group_rows * GROUP_MAX_FACTOR:
                self._gather(table, tag, ts, lo, lo + self.group_rows)
                self._write_group()
                lo += self.group_rows
            if self._pending_rows + end - lo >= self.group_rows:
                self._gather(table, tag, ts, lo, end)
                self._write_group()
                lo = end
        self._gather(table, tag, ts, lo, len(tag))

    def finish(self) -> TagIndex:
        """Write what is left and the footer, and make the file durable."""
        self._write_group()
        index = self._index()
        self._writer.add_key_value_metadata({INDEX_KEY: index.encode()})
        self._writer.close()
        self._file_context.__exit__(None, None, None)
        return index

    def abandon(self, error: OSError) -> None:
        """Close after a failure; the file is removed."""
        self._writer.is_open = False  # or pyarrow would write a footer into the closed file some time later
        with contextlib.suppress(OSError):
            self._file_context.__exit__(type(error), error, error.__traceback__)

    def _gather(self, table: pa.Table, tag: TagArray, ts: IntArray, lo: int, hi: int) -> None:
        if hi > lo:
            self._pending.append((table.slice(lo, hi - lo), tag[lo:hi], ts[lo:hi]))
            self._pending_rows += hi - lo

    def _write_group(self) -> None:
        if not self._pending:
            return
        table = pa.concat_tables([part for part, _, _ in self._pending])
        tag = np.concatenate([part for _, part, _ in self._pending])
        ts = np.concatenate([part for _, _, part in self._pending])
        self._writer.write_table(table, row_group_size=len(tag))
        starts = tag_starts(tag)
        ends = np.append(starts[1:], len(tag)) - 1
        self._parts.append((tag[starts], starts + self.rows, ts[starts], ts[ends]))
        self._groups.append((self.rows, int(ts.min()), int(ts.max())))
        self.rows += len(tag)
        self._pending, self._pending_rows = [], 0

    def _index(self) -> TagIndex:
        tag, row, t_min, t_max = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        first = tag_starts(tag)
        last = np.append(first[1:], len(tag)) - 1
        groups = np.array(self._groups, dtype="i8").reshape(-1, 3)
        return TagIndex(
            tag[first],
            row[first],
            np.diff(np.append(row[first], self.rows)),
            t_min[first],
            t_max[last],
            groups[:, 0].copy(),
            groups[:, 1].copy(),
            groups[:, 2].copy(),
        )


@dataclass(frozen=True, slots=True)
class Footer:
    """What is kept in memory of a file that has been read once."""

    metadata: pq.FileMetaData
    index: TagIndex


def read_footer(path: Path) -> Footer:
    """Metadata and index of a file made by `IndexedWriter`."""
    with naming(path):
        metadata = pq.read_metadata(path)
        return Footer(metadata, TagIndex.decode(metadata.metadata[INDEX_KEY.encode()]))


def _steps(values: Any) -> IntArray:
    steps: IntArray = np.diff(values.astype("i8"), prepend=np.int64(0)).astype("<i8")
    return steps
