"""Read answers to columns without a Python object per value.

The places of the values in an answer are found once by walking it; as long as the next answer has the
same length, and the same masks and types at the same places, a numpy gather takes the values out. Only
when that differs (a status, a longer text) is it walked again. OPC UA Part 6, §5.2.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from numpy.typing import NDArray

from connectors.decode import raw_kind
from connectors.drivers.opcua.skip import skip_variant
from connectors.drivers.opcua.values import LOCALIZED_TEXT, SCALARS, TEXTS, convert, fits, header_of, micros, text_of
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality, from_opcua_status
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns, Kind

__all__ = ["AnswerReader"]

_VALUE, _STATUS, _SOURCE_TIME, _SERVER_TIME, _SOURCE_PICO, _SERVER_PICO = 1, 2, 4, 8, 16, 32
_INT = struct.Struct("<i")


@dataclass(slots=True)
class _Walk:
    """Places found by walking an answer; one entry per tag."""

    kind_of_value: list[int]  # built-in type, 0 none, -1 something that is no single value
    value_at: list[int]
    text_end: list[int]
    status: list[int]
    source_at: list[int]
    marks: list[int]  # places whose bytes must be the same for the walk to hold


@dataclass(slots=True)
class _Gather:
    rows: NDArray[np.intp]
    places: NDArray[np.intp]
    dtype: np.dtype[Any]
    type: int


@dataclass(slots=True)
class _Group:
    kind: Kind
    ids: NDArray[np.uint32]
    q: NDArray[np.uint8]
    gathers: list[_Gather]
    texts: list[tuple[int, int, int]]
    bits: NDArray[np.int64] | None
    source_at: NDArray[np.intp]


class AnswerReader:
    """Reads the answers to one request; `indexes` are its tags' places in the plan."""

    def __init__(self, tags: Sequence[TagConfig], indexes: Sequence[int]) -> None:
        self._tags = tuple(tags)
        self._indexes = tuple(indexes)
        self._kinds = [raw_kind(tag.type, tag.bit) for tag in tags]
        self._length = -1
        self._marks: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._marked: NDArray[np.uint8] = np.empty(0, dtype="u1")
        self._groups: list[_Group] = []
        self._ids = {
            kind: np.array([i for i, k in zip(indexes, self._kinds, strict=True) if k == kind], dtype="<u4")
            for kind in set(self._kinds)
        }
        for ids in self._ids.values():
            ids.flags.writeable = False  # shared by every cycle's columns
        self.walks = 0

    def read(self, body: bytes, start: int, ts: int) -> list[tuple[Columns, NDArray[np.int64]]]:
        """Columns and source times (µs UTC, 0 where none) from a ReadResponse whose results begin at `start`."""
        data = np.frombuffer(body, dtype="u1")
        if len(body) - start != self._length or not np.array_equal(data[self._marks + start], self._marked):
            self._learn(body, start, data)
        return [self._take(group, body, data, start, ts) for group in self._groups]

    def _learn(self, body: bytes, start: int, data: NDArray[np.uint8]) -> None:
        self.walks += 1
        walk = _walk(body, start, len(self._tags))
        # Arrays and structures may shift what follows without a trace at the marks: walked each time.
        self._length = -1 if -1 in walk.kind_of_value else len(body) - start
        self._marks = np.array(walk.marks, dtype=np.intp) - start
        self._marked = data[self._marks + start]
        self._groups = [self._group(kind, walk, start) for kind in KINDS if kind in self._ids]

    def _group(self, kind: Kind, walk: _Walk, start: int) -> _Group:
        items = [item for item, of in enumerate(self._kinds) if of == kind]
        q = np.array([from_opcua_status(walk.status[item]) for item in items], dtype="u1")
        by_type: dict[int, list[int]] = {}
        texts: list[tuple[int, int, int]] = []
        for row, item in enumerate(items):
            if q[row] >= BAD_FROM:
                continue
            of = walk.kind_of_value[item]
            if of == 0:
                q[row] = Quality.BAD
            elif not fits(kind, of):
                q[row] = Quality.TYPE_MISMATCH
            elif kind == "s":
                texts.append((row, walk.value_at[item] - start, walk.text_end[item] - start))
            else:
                by_type.setdefault(of, []).append(row)
        gathers = []
        for of, rows in by_type.items():
            first = np.array([walk.value_at[items[row]] - start for row in rows], dtype=np.intp)
            dtype = SCALARS[of]
            places = (first[:, None] + np.arange(dtype.itemsize)).reshape(-1)
            gathers.append(_Gather(np.array(rows, dtype=np.intp), places, dtype, of))
        bits = [self._tags[item].bit for item in items]
        source = np.array(
            [walk.source_at[item] - start if walk.source_at[item] else -1 for item in items], dtype=np.intp
        )
        return _Group(
            kind,
            self._ids[kind],
            q,
            gathers,
            texts,
            np.array([-1 if bit is None else bit for bit in bits], dtype="<i8")
            if any(b is not None for b in bits)
            else None,
            source,
        )

    def _take(
        self, group: _Group, body: bytes, data: NDArray[np.uint8], start: int, ts: int
    ) -> tuple[Columns, NDArray[np.int64]]:
        count, q = len(group.ids), group.q.copy()
        if group.kind == "s":
            v: NDArray[Any] = np.full(count, "", dtype=object)
            for row, begin, end in group.texts:
                v[row] = text_of(body[start + begin : start + end])
        else:
            v = np.zeros(count, dtype=VALUE_DTYPE[group.kind])
            for gather in group.gathers:
                raw = data.take(gather.places + start).view(gather.dtype)
                _put(group, gather, raw, v, q)
        column = Columns(group.kind, group.ids, np.full(count, ts, dtype="<i8"), q, v)
        return column, _times(group.source_at, data, start)


def _put(group: _Group, gather: _Gather, raw: NDArray[Any], v: NDArray[Any], q: NDArray[np.uint8]) -> None:
    bits = None if group.bits is None else group.bits[gather.rows]
    v[gather.rows], wrong = convert(group.kind, gather.type, raw, bits)
    if wrong is not None:
        q[gather.rows[wrong]] = Quality.TYPE_MISMATCH


def _times(places: NDArray[np.intp], data: NDArray[np.uint8], start: int) -> NDArray[np.int64]:
    out = np.zeros(len(places), dtype="<i8")
    given = np.flatnonzero(places >= 0)
    if len(given):
        index = (places[given] + start)[:, None] + np.arange(8)
        out[given] = micros(data.take(index.reshape(-1)).view("<i8"))
    return out


def _walk(body: bytes, start: int, count: int) -> _Walk:
    """Find every value; raises ConnectError for an answer that does not hold `count` results."""
    walk = _Walk([], [], [], [], [], list(range(start, start + 4)))
    try:
        (results,) = _INT.unpack_from(body, start)
        if results != count:
            raise ConnectError("opcua.answer", f"the server sent {results} results for {count} nodes")
        at = start + 4
        for _ in range(count):
            at = _walk_value(body, at, walk)
        if at > len(body):
            raise IndexError
    except (struct.error, IndexError, ValueError) as error:
        raise ConnectError("opcua.answer", f"the server's answer cannot be read: {error}") from error
    return walk


def _walk_value(body: bytes, at: int, walk: _Walk) -> int:
    mask = body[at]
    walk.marks.append(at)
    at += 1
    of, value_at, text_end, status, source_at = 0, 0, 0, 0, 0
    if mask & _VALUE:
        walk.marks.append(at)
        of, value_at, text_end, at = _walk_variant(body, at, walk.marks)
    if mask & _STATUS:
        walk.marks += range(at, at + 4)
        (status,) = struct.unpack_from("<I", body, at)
        at += 4
    if mask & _SOURCE_TIME:
        source_at, at = at, at + 8
    at += 2 * bool(mask & _SOURCE_PICO) + 8 * bool(mask & _SERVER_TIME) + 2 * bool(mask & _SERVER_PICO)
    walk.kind_of_value.append(of)
    walk.value_at.append(value_at)
    walk.text_end.append(text_end)
    walk.status.append(status)
    walk.source_at.append(source_at)
    return at


def _walk_variant(body: bytes, at: int, marks: list[int]) -> tuple[int, int, int, int]:
    """Type, first and last place of the value, and where the next thing begins."""
    of = body[at]
    if of == 0:
        return 0, 0, 0, at + 1
    dtype = SCALARS.get(of)
    if dtype is not None:
        return of, at + 1, 0, at + 1 + dtype.itemsize
    if of in TEXTS:
        marks += range(at + 1, at + 5)
        begin = at + 5
        end = begin + max(0, _INT.unpack_from(body, at + 1)[0])
        return of, begin, end, end
    if of == LOCALIZED_TEXT:
        return _walk_localized(body, at + 1, marks)
    return -1, 0, 0, skip_variant(body, at)


def _walk_localized(body: bytes, at: int, marks: list[int]) -> tuple[int, int, int, int]:
    mask = body[at]
    marks.append(at)
    at += 1
    begin = end = at
    for part in (1, 2):
        if mask & part:
            marks += range(at, at + 4)
            begin = at + 4
            end = at = begin + max(0, _INT.unpack_from(body, at)[0])
    return LOCALIZED_TEXT, (begin if mask & 2 else end), end, at


def results_start(body: Buffer) -> int:
    """Where a ReadResponse's results begin, from the start of the rest of `body`; checks type and header.

    Raises ConnectError for another kind of answer, ua.UaError for a bad result.
    """
    before = len(body)
    header_of(body, ua.ObjectIds.ReadResponse_Encoding_DefaultBinary)
    return before - len(body)
