"""Samples as parallel columns: the one shape values have from the device to the store.

A group holds samples of one kind of value. No Python object exists per value, except for text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schemas.wire.kinds import KINDS, Kind

__all__ = ["KINDS", "VALUE_DTYPE", "Columns", "Index", "Kind", "columns", "concat", "count", "empty"]

#: numpy type of the value column in memory; text is an object column of `str`.
VALUE_DTYPE: dict[Kind, np.dtype[Any]] = {
    "f": np.dtype("<f8"),
    "i": np.dtype("<i8"),
    "u": np.dtype("<u8"),
    "b": np.dtype("u1"),
    "s": np.dtype(object),
}

Index = NDArray[np.bool_] | NDArray[np.integer[Any]] | slice


@dataclass(slots=True)
class Columns:
    """n samples of one kind.

    `id` u32: a stream's alias on the wire, the platform's tag_id inside it, a tag's index in a
    driver's plan. `ts` i64 µs UTC. `q` u8 quality. `v` as `VALUE_DTYPE`; where q ≥ 128 the value
    is null and `v` holds 0 or "". `lag` i32 ms (acquisition minus device time) or None.
    """

    kind: Kind
    id: NDArray[np.uint32]
    ts: NDArray[np.int64]
    q: NDArray[np.uint8]
    v: NDArray[Any]
    lag: NDArray[np.int32] | None = None

    def __post_init__(self) -> None:
        n = len(self.id)
        if not (len(self.ts) == len(self.q) == len(self.v) == n):
            raise ValueError("columns of different length")
        if self.lag is not None and len(self.lag) != n:
            raise ValueError("columns of different length")

    def __len__(self) -> int:
        return len(self.id)

    def take(self, index: Index) -> Columns:
        """The rows chosen by a mask, an index array or a slice."""
        lag = None if self.lag is None else self.lag[index]
        return Columns(self.kind, self.id[index], self.ts[index], self.q[index], self.v[index], lag)


def columns(
    kind: Kind,
    ids: Any,
    ts: Any,
    q: Any,
    v: Any,
    lag: Any = None,
) -> Columns:
    """`Columns` from anything numpy can turn into arrays; for set-up code and tests."""
    return Columns(
        kind,
        np.asarray(ids, dtype="<u4"),
        np.asarray(ts, dtype="<i8"),
        np.asarray(q, dtype="u1"),
        np.asarray(v, dtype=VALUE_DTYPE[kind]),
        None if lag is None else np.asarray(lag, dtype="<i4"),
    )


def empty(kind: Kind) -> Columns:
    """A group without rows."""
    return columns(kind, [], [], [], [])


def concat(groups: Sequence[Columns]) -> list[Columns]:
    """One group per kind present, rows in the order given; kinds in the order of `KINDS`."""
    out: list[Columns] = []
    for kind in KINDS:
        same = [group for group in groups if group.kind == kind and len(group)]
        if len(same) == 1:
            out.append(same[0])
        elif same:
            out.append(_join(kind, same))
    return out


def count(groups: Sequence[Columns]) -> int:
    """Samples in all groups together."""
    return sum(len(group) for group in groups)


def _join(kind: Kind, groups: Sequence[Columns]) -> Columns:
    lag: NDArray[np.int32] | None = None
    if any(group.lag is not None for group in groups):
        lag = np.concatenate(
            [group.lag if group.lag is not None else np.zeros(len(group), dtype="<i4") for group in groups]
        )
    return Columns(
        kind,
        np.concatenate([group.id for group in groups]),
        np.concatenate([group.ts for group in groups]),
        np.concatenate([group.q for group in groups]),
        np.concatenate([group.v for group in groups]),
        lag,
    )
