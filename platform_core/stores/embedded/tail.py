"""The newest samples, in memory, in the order they came.

Appending copies a batch into arrays that were made beforehand and then raises
the count; a reader that took the count first never sees a half-written row, so
readers and the one writer need no lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from platform_core.stores.base import Block
from platform_core.stores.embedded.rows import BAD_FROM, Rows, TagArray, concat_rows, no_rows
from schemas.quality import Quality
from schemas.wire.columns import VALUE_DTYPE, Columns, Kind

CHUNK_ROWS_MIN = 4_096
CHUNK_ROWS_MAX = 262_144


class Chunk:
    """A stretch of preallocated columns, filled from the front."""

    __slots__ = ("count", "size", "space")

    def __init__(self, kind: Kind, size: int) -> None:
        self.size = size
        self.count = 0
        self.space = Rows(
            np.empty(size, "u4"),
            np.empty(size, "i8"),
            np.empty(size, "i8"),
            np.empty(size, "u1"),
            np.empty(size, VALUE_DTYPE[kind]),
        )

    def put(self, columns: Columns, seq: int, lo: int, hi: int) -> None:
        """Copy rows lo:hi of `columns` behind those already here."""
        at, end = self.count, self.count + hi - lo
        self.space.tag[at:end] = columns.id[lo:hi]
        self.space.ts[at:end] = columns.ts[lo:hi]
        self.space.seq[at:end] = seq
        self.space.q[at:end] = columns.q[lo:hi]
        self.space.v[at:end] = columns.v[lo:hi]
        self._settle(columns.kind, at, end)
        self.count = end

    def _settle(self, kind: Kind, at: int, end: int) -> None:
        """A value that is not a number is bad, and a bad sample has no value."""
        q, v = self.space.q[at:end], self.space.v[at:end]
        if kind == "f":
            q[np.isnan(v) & (q < BAD_FROM)] = int(Quality.NOT_A_NUMBER)
        bad = q >= BAD_FROM
        if bad.any():
            v[bad] = "" if kind == "s" else 0

    def rows(self) -> Rows:
        """What is here now; later puts do not change it."""
        return self.space.take(slice(0, self.count))


@dataclass(slots=True)
class Tail:
    """Blocks `first_no`..`last_no` of all tenants, by (tenant, kind)."""

    born_us: int
    last_no: int = 0
    row_count: int = 0
    chunks: dict[tuple[str, Kind], list[Chunk]] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Append the samples of a block; it counts as taken only when all of it is in."""
        for columns in block.columns:
            if len(columns):
                self._add_columns(block.tenant, columns, block.seq)
        self.last_no = block.no

    def rows(self, tenant: str, kind: Kind) -> Rows:
        """Everything of one tenant and kind, in the order it came."""
        return concat_rows([chunk.rows() for chunk in self._chunks(tenant, kind)], kind)

    def find(self, tenant: str, kind: Kind, ids: TagArray, t1: int) -> Rows:
        """Rows of `ids` before `t1`, in the order they came."""
        found: list[Rows] = []
        for chunk in self._chunks(tenant, kind):
            rows = chunk.rows()
            mask = rows.tag == ids[0] if len(ids) == 1 else np.isin(rows.tag, ids)
            mask &= rows.ts < t1
            if mask.any():
                found.append(rows.take(np.flatnonzero(mask)))
        return concat_rows(found, kind) if found else no_rows(kind)

    def parts(self) -> Iterable[tuple[str, Kind]]:
        """The tenants and kinds that have rows here."""
        return sorted(self.chunks)

    def _chunks(self, tenant: str, kind: Kind) -> list[Chunk]:
        return list(self.chunks.get((tenant, kind), ()))

    def _add_columns(self, tenant: str, columns: Columns, seq: int) -> None:
        chunks = self.chunks.setdefault((tenant, columns.kind), [])
        lo, total = 0, len(columns)
        while lo < total:
            if not chunks or chunks[-1].count == chunks[-1].size:
                size = CHUNK_ROWS_MIN if not chunks else min(chunks[-1].size * 4, CHUNK_ROWS_MAX)
                chunks.append(Chunk(columns.kind, size))
            room = chunks[-1].size - chunks[-1].count
            hi = min(total, lo + room)
            chunks[-1].put(columns, seq, lo, hi)
            lo = hi
        self.row_count += total
