"""From raw device values to samples: sentinels, NaN, scale, span; compiled once for the tags of a plan.

What a driver reads is shaped by whole columns. Order: a sentinel means "not implemented" (135); NaN is
136 and infinity 141; then the power of ten of `scale_from`, scale and offset; a scaled value outside the
tag's span is uncertain (66). A value whose power of ten is not known is as bad as that power.
A bad value becomes 0 or "" with its quality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from connectors.decode import raw_kind
from connectors.driver import Reading
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns, Kind

__all__ = ["Shaper"]

_COMPILED_MAX = 256
#: SunSpec Information Model Specification, sunssf: -10 to 10.
POWER_MAX = 10
_WIDTH = {"int16": 16, "int32": 32, "int64": 64}


@dataclass(slots=True)
class _Part:
    """The rows of one raw column that become one column of a final kind."""

    rows: NDArray[np.intp] | None
    ids: NDArray[np.uint32]
    kind: Kind
    sentinel_rows: NDArray[np.intp]
    sentinels: NDArray[Any]
    scale: NDArray[np.float64] | None
    offset: NDArray[np.float64] | None
    low: NDArray[np.float64] | None
    high: NDArray[np.float64] | None
    power_of: NDArray[np.intp] | None
    """For each row the place of its power of ten."""


@dataclass(slots=True)
class _Powers:
    """Powers of ten as read last, and their qualities, by tag."""

    v: NDArray[np.int64]
    q: NDArray[np.uint8]

    def take(self, columns: Columns) -> None:
        fits = (columns.v >= -POWER_MAX) & (columns.v <= POWER_MAX)
        self.v[columns.id] = np.where(fits, columns.v, 0)
        self.q[columns.id] = np.where(fits | (columns.q >= BAD_FROM), columns.q, np.uint8(Quality.DEVICE_ERROR))


class Shaper:
    """Shapes the readings of a plan. `tags` are the plan's, in its order."""

    def __init__(self, tags: Sequence[TagConfig]) -> None:
        self._tags = tuple(tags)
        self._scale = np.array([1.0 if tag.scale is None else tag.scale for tag in tags])
        self._offset = np.array([0.0 if tag.offset is None else tag.offset for tag in tags])
        self._low = np.array([-np.inf if tag.span is None else tag.span[0] for tag in tags])
        self._high = np.array([np.inf if tag.span is None else tag.span[1] for tag in tags])
        index = {tag.name: place for place, tag in enumerate(tags)}
        self._power_of = np.array([index.get(tag.scale_from or "", -1) for tag in tags], dtype=np.intp)
        self._powered = np.array([tag.scale_from is not None for tag in tags], dtype=np.bool_)
        self._raw = np.array([KINDS.index(raw_kind(tag.type, tag.bit)) for tag in tags], dtype=np.int8)
        #: Tags of one final kind, with a power of ten or without, make one column.
        self._part_of = np.array([2 * KINDS.index(tag.kind) + bool(tag.scale_from) for tag in tags], dtype=np.int8)
        self._with_sentinels = np.array([bool(tag.sentinels) for tag in tags], dtype=np.bool_)
        self._any_powers = bool(self._powered.any())
        # A tag whose power has never come is as one that waits for its first value. A device that tells changes does
        # not tell it again with each value: the last one holds.
        missing = np.full(len(tags), Quality.WAITING, dtype="u1")
        self._powers = _Powers(np.zeros(len(tags), dtype="<i8"), missing)
        # Drivers hand out the same id array each cycle; holding it makes its identity a safe key.
        self._compiled: dict[tuple[Kind, int], tuple[NDArray[np.uint32], list[_Part]]] = {}

    def shape(self, readings: Sequence[Reading]) -> list[Reading]:
        """Readings of final kinds; each row of the input is in the output once."""
        out: list[Reading] = []
        later: list[tuple[_Part, Reading]] = []
        for reading in readings:
            columns = reading.columns
            for part in self._parts(columns.kind, columns.id):
                rows = part.rows
                device_ts = reading.device_ts
                if rows is not None:
                    columns_part = columns.take(rows)
                    device_ts = None if device_ts is None else device_ts[rows]
                else:
                    columns_part = columns
                if part.power_of is not None:
                    later.append((part, Reading(columns_part, device_ts)))
                    continue
                out.append(Reading(_shape(part, columns_part, None), device_ts))
        if self._any_powers:
            out += self._with_powers(out, later)
        return out

    def _with_powers(self, shaped: Sequence[Reading], later: Sequence[tuple[_Part, Reading]]) -> list[Reading]:
        """What needs powers of ten, once those of the same cycle are known."""
        for reading in shaped:
            if reading.columns.kind in ("i", "u"):
                self._powers.take(reading.columns)
        return [Reading(_shape(part, reading.columns, self._powers), reading.device_ts) for part, reading in later]

    def _parts(self, kind: Kind, ids: NDArray[np.uint32]) -> list[_Part]:
        key = (kind, id(ids))
        known = self._compiled.get(key)
        if known is not None and known[0] is ids:
            return known[1]
        shared = not ids.flags.writeable
        parts = self._compile(kind, ids)
        if shared:
            if len(self._compiled) >= _COMPILED_MAX:
                self._compiled.clear()  # drivers make new arrays when a plan's layout changes
            self._compiled[key] = (ids, parts)
        return parts

    def _compile(self, kind: Kind, ids: NDArray[np.uint32]) -> list[_Part]:
        # By whole arrays: a device that tells changes has other rows each time.
        strange = np.flatnonzero(self._raw[ids] != KINDS.index(kind))
        if len(strange):
            tag = self._tags[int(ids[strange[0]])]
            raise ValueError(f"tag '{tag.name}' is a {tag.type}, its driver gave kind '{kind}'")
        parts = self._part_of[ids]
        if len(ids) and (parts == parts[0]).all():
            return [self._part(kind, KINDS[int(parts[0]) // 2], ids, None)]
        return [
            self._part(kind, KINDS[code // 2], ids, np.flatnonzero(parts == code)) for code in np.unique(parts).tolist()
        ]

    def _part(self, kind: Kind, final: Kind, ids: NDArray[np.uint32], rows: NDArray[np.intp] | None) -> _Part:
        part_ids = ids if rows is None else ids[rows]
        part_ids.flags.writeable = False
        pairs = [
            (row, _raw_sentinel(tag, value))
            for row in np.flatnonzero(self._with_sentinels[part_ids]).tolist()
            for tag in (self._tags[int(part_ids[row])],)
            for value in tag.sentinels
        ]
        scale, offset = self._scale[part_ids], self._offset[part_ids]
        low, high = self._low[part_ids], self._high[part_ids]
        scaled = bool((scale != 1).any() or (offset != 0).any())
        bounded = final in ("f", "i", "u") and bool(np.isfinite(low).any())
        return _Part(
            rows=rows,
            ids=part_ids,
            kind=final,
            sentinel_rows=np.array([row for row, _ in pairs], dtype=np.intp),
            # Compared in the raw type: 2^63 is no float64.
            sentinels=_sentinel_column(kind, [value for _, value in pairs]),
            scale=scale if scaled else None,
            offset=offset if scaled else None,
            low=low if bounded else None,
            high=high if bounded else None,
            power_of=self._power_places(part_ids),
        )

    def _power_places(self, ids: NDArray[np.uint32]) -> NDArray[np.intp] | None:
        if not self._powered[ids].any():
            return None
        # Parts have tags with a power only. One that is not among these tags is a place that is never filled:
        # a tag with a power is no whole number, so its own.
        return np.where(self._power_of[ids] < 0, ids.astype(np.intp), self._power_of[ids])


def _raw_sentinel(tag: TagConfig, value: float) -> float | int:
    """A sentinel as the raw type has it: 32768 of an int16 is its bit pattern, -32768."""
    if tag.type.startswith("float"):
        return float(np.float32(value)) if tag.type == "float32" else value
    number: float | int = int(value) if value == int(value) else value
    width = _WIDTH.get(tag.type)
    if width is not None and 2 ** (width - 1) <= number < 2**width:
        return number - float(2**width) if isinstance(number, float) else number - (1 << width)
    return number


def _sentinel_column(kind: Kind, values: list[float | int]) -> NDArray[Any]:
    if kind == "f":
        return np.array(values, dtype="<f8")
    # A fraction, or a number beyond the type, never equals a raw value: an object column says so.
    return np.array(values, dtype=object)


def _shape(part: _Part, columns: Columns, powers: _Powers | None) -> Columns:
    q = columns.q
    v = columns.v
    if part.kind == "s" or part.kind == "b":
        return Columns(part.kind, part.ids, columns.ts, q, v, columns.lag)
    q = _refuse(part, columns.kind, v, q)
    if part.kind != columns.kind or part.scale is not None or part.power_of is not None:
        v = v.astype("<f8") if v.dtype != VALUE_DTYPE["f"] else v
        if part.power_of is not None and powers is not None:
            power = powers.v[part.power_of]
            # A division by 10ⁿ rounds once, a product with 10⁻ⁿ twice: 2301 and -1 are 230.1.
            v = np.where(power < 0, v / 10.0 ** -np.minimum(power, 0), v * 10.0 ** np.maximum(power, 0))
            q = np.maximum(q, powers.q[part.power_of])
        if part.scale is not None and part.offset is not None:
            with np.errstate(over="ignore", invalid="ignore"):
                v = v * part.scale + part.offset
            q = _not_finite(v, q)
    if part.low is not None and part.high is not None:
        outside = ((v < part.low) | (v > part.high)) & (q < Quality.UNCERTAIN)
        if outside.any():
            q = np.where(outside, np.uint8(Quality.OUT_OF_RANGE), q)
    bad = q >= BAD_FROM
    if bad.any():
        v = np.where(bad, v.dtype.type(0), v)
    return Columns(part.kind, part.ids, columns.ts, q, v, columns.lag)


def _refuse(part: _Part, kind: Kind, v: NDArray[Any], q: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if len(part.sentinel_rows):
        hit = part.sentinel_rows[(v[part.sentinel_rows] == part.sentinels).astype(np.bool_)]
        hit = hit[q[hit] < BAD_FROM]
        if len(hit):
            q = q.copy()
            q[hit] = Quality.NOT_IMPLEMENTED
    return _not_finite(v, q) if kind == "f" else q


def _not_finite(v: NDArray[Any], q: NDArray[np.uint8]) -> NDArray[np.uint8]:
    finite = np.isfinite(v)
    if finite.all():
        return q
    code = np.where(np.isnan(v), np.uint8(Quality.NOT_A_NUMBER), np.uint8(Quality.OVERFLOW))
    return np.where(finite | (q >= BAD_FROM), q, code)
