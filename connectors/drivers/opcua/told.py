"""What a server told, as readings: which tag, which value, and when it was so.

A value waits at the server until it is sent. How long, the server's own two clock readings say: when it sent, minus
the source time. Taken off the time of arrival that is when the value was sampled, in our clock, and it lies between
the message before and this one, whatever the server's clock says.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from connectors.decode import raw_kind
from connectors.driver import Reading
from connectors.drivers.opcua.notifications import Changes
from connectors.drivers.opcua.values import SCALARS, convert, fits, text_of
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality, from_opcua_status
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns, Kind

__all__ = ["CLOCK", "TagReader", "overflowed"]

#: Client handle of the server's clock; a tag's is its index in the plan plus one.
CLOCK: Final = 0
_INFO_DATA_VALUE, _INFO_OVERFLOW = 0x0400, 0x0080  # Part 4, §7.39.1: InfoType (bits 10, 11) and Overflow


def overflowed(status: NDArray[np.uint32]) -> int:
    """How many of the values say that changes before or after them were thrown away by the server."""
    return int(np.count_nonzero(((status & 0x0C00) == _INFO_DATA_VALUE) & ((status & _INFO_OVERFLOW) != 0)))


class TagReader:
    """Readings of the tags of one subscription; `forget` when it begins anew."""

    def __init__(self, tags: Sequence[TagConfig]) -> None:
        self._count = len(tags)
        kinds = [raw_kind(tag.type, tag.bit) for tag in tags]
        self._kind = np.array([KINDS.index(kind) for kind in kinds], dtype=np.int8)
        self._bit = np.array([-1 if tag.bit is None else tag.bit for tag in tags], dtype="<i8")
        self._bits = any(tag.bit is not None for tag in tags)
        self._source = np.zeros(self._count, dtype="<i8")

    def forget(self) -> None:
        """The next value of each tag is a first one again."""
        self._source[:] = 0

    def read(self, changes: Changes, since: int, arrived: int, server_now: int) -> list[list[Reading]]:
        """Rounds of readings. `since` and `arrived`: between them (µs UTC, ours) the values were sampled; `server_now`:
        the server's clock at sending, 0 where unknown."""
        rows = np.flatnonzero((changes.handle != CLOCK) & (changes.handle <= self._count))
        tag = changes.handle[rows].astype(np.intp) - 1
        rounds: list[list[Reading]] = []
        for chosen in _rounds(tag):
            at, of_tag = (rows, tag) if chosen is None else (rows[chosen], tag[chosen])
            ts, device = self._times(of_tag, changes.source[at], since, arrived, server_now)
            rounds.append(self._round(changes, at, of_tag, ts, device))
        return rounds

    def _times(
        self, tag: NDArray[np.intp], source: NDArray[np.int64], since: int, arrived: int, server_now: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When each was sampled, and the device's own time of it."""
        known = self._source[tag]
        ts = np.full(len(tag), arrived, dtype="<i8")
        newer = source > known
        if server_now:
            sampled = np.clip(arrived - (server_now - source), since, arrived)
            ts = np.where(newer, sampled, ts)
        self._source[tag] = np.maximum(known, source)
        # The source time of a first value, or of one told again, says when it changed last, not when it was so.
        device = np.where(newer & (known > 0), source, 0)
        return ts, device

    def _round(
        self, changes: Changes, at: NDArray[np.intp], tag: NDArray[np.intp], ts: NDArray[np.int64],
        device: NDArray[np.int64],
    ) -> list[Reading]:  # fmt: skip
        readings = []
        kind_of = self._kind[tag]
        for code, kind in enumerate(KINDS):
            mine = np.flatnonzero(kind_of == code)
            if not len(mine):
                continue
            every = len(mine) == len(tag)
            places, ids = (at, tag) if every else (at[mine], tag[mine])
            q, v = self._values(changes, kind, places, ids)
            stamp, given = (ts, device) if every else (ts[mine], device[mine])
            readings.append(Reading(Columns(kind, ids.astype("<u4"), stamp, q, v), given if given.any() else None))
        return readings

    def _values(
        self, changes: Changes, kind: Kind, at: NDArray[np.intp], ids: NDArray[np.intp]
    ) -> tuple[NDArray[np.uint8], NDArray[Any]]:
        q = _qualities(changes.status[at])
        v: NDArray[Any] = np.full(len(at), "" if kind == "s" else 0, dtype=VALUE_DTYPE[kind])
        of = changes.of[at]
        for number in np.unique(of).tolist():
            rows = np.flatnonzero((of == number) & (q < BAD_FROM))
            if number == 0:
                q[rows] = Quality.BAD
            elif not fits(kind, number):
                q[rows] = Quality.TYPE_MISMATCH
            elif kind == "s":
                begin, end = changes.value_at[at[rows]].tolist(), changes.text_end[at[rows]].tolist()
                data = changes.data
                v[rows] = np.array(
                    [text_of(data[a:b].tobytes()) for a, b in zip(begin, end, strict=True)], dtype=object
                )
            else:
                raw = _gather(changes.data, changes.value_at[at[rows]], SCALARS[number])
                v[rows], wrong = convert(kind, number, raw, self._bit[ids[rows]] if self._bits else None)
                if wrong is not None:
                    q[rows[wrong]] = Quality.TYPE_MISMATCH
        return q, v


def _rounds(tag: NDArray[np.intp]) -> list[NDArray[np.intp] | None]:
    """Rows of each round: the first value of every tag, then the second ones, …; None for all rows."""
    if not len(tag):
        return []
    order = np.argsort(tag, kind="stable")
    ordered = tag[order]
    first = np.ones(len(tag), dtype=np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    if first.all():
        return [None]
    starts = np.flatnonzero(first)
    rank = np.empty(len(tag), dtype=np.intp)
    rank[order] = np.arange(len(tag)) - np.repeat(starts, np.diff(np.append(starts, len(tag))))
    by_rank = np.argsort(rank, kind="stable")
    return list(np.split(by_rank, np.flatnonzero(np.diff(rank[by_rank])) + 1))


def _qualities(status: NDArray[np.uint32]) -> NDArray[np.uint8]:
    if not status.any():
        return np.zeros(len(status), dtype="u1")
    found, where = np.unique(status, return_inverse=True)
    return np.array([from_opcua_status(one) for one in found.tolist()], dtype="u1")[where]


def _gather(data: NDArray[np.uint8], places: NDArray[np.intp], dtype: np.dtype[Any]) -> NDArray[Any]:
    return data.take((places[:, None] + np.arange(dtype.itemsize)).reshape(-1)).view(dtype)
