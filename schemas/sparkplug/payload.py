"""The Sparkplug B payload: a time, a sequence number and metrics (Sparkplug 3.0 §6.4, `sparkplug_b.proto`).

Written and read by hand: eleven kinds of field do not need a compiler and a library of 400 KB on the edge (ADR 0122);
tests hold it against the official library. Read are the parts that carry single values; a data set, a template or an
array is seen, named and left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.errors import WireError
from schemas.sparkplug.datatypes import DataType, Value, datatype_of, decode_value, encode_value
from schemas.sparkplug.fields import BYTES, VARINT, block, number, read_fields, text_at

#: Quality as a property (§6.4.14): the value is good, bad, or of a time that is over.
QUALITY: Final = "Quality"
GOOD: Final = 192
BAD: Final = 0
STALE: Final = 500
SEQ_MAX: Final = 255
PAYLOAD_MAX_BYTES: Final = 2 << 20
METRICS_MAX: Final = 50_000
NAME_MAX: Final = 1000
PROPERTIES_MAX: Final = 64
#: Number of the first field of a metric's value.
INT_VALUE_OF_METRIC: Final = 10
_INT_VALUE_OF_PROPERTY: Final = 3
_EXTENSION_VALUE: Final = 19
#: Key and length before a metric of less than 128 bytes.
_METRIC_HEADS: Final = [bytes((2 << 3 | BYTES, length)) for length in range(128)]


@dataclass(slots=True)
class Metric:
    """One metric as it stands in a payload. `ts_ms` is ms UTC; `raw` the content of its value's field with the wire
    type, None where there is none; `properties` are single values by name."""

    name: str = ""
    alias: int | None = None
    ts_ms: int | None = None
    datatype: int | None = None
    is_historical: bool = False
    is_transient: bool = False
    is_null: bool = False
    properties: dict[str, Value] = field(default_factory=dict)
    wire_type: int = VARINT
    raw: int | bytes | None = None

    def value(self, datatype: DataType) -> Value | None:
        """The value as of a type, None for null. Raises WireError where it cannot be that."""
        if self.is_null or self.raw is None:
            return None
        return decode_value(datatype, self.wire_type, self.raw)


@dataclass(slots=True)
class Payload:
    """A message: time of sending (ms UTC), `seq` 0-255 (None in NDEATH and commands), its metrics."""

    ts_ms: int | None
    seq: int | None
    metrics: list[Metric]


def encode_payload(ts_ms: int, seq: int | None, metrics: Iterable[bytes]) -> bytes:
    """A payload of metrics that are encoded already."""
    body = b"".join(
        [_METRIC_HEADS[len(metric)] + metric if len(metric) < 128 else block(2, metric) for metric in metrics]
    )
    return number(1, ts_ms) + body + (b"" if seq is None else number(3, seq))


def encode_metric(
    value: Value | None, datatype: DataType, *, ts_ms: int | None = None, name: str = "", alias: int | None = None,
    declare: bool = False, historical: bool = False, properties: Mapping[str, tuple[DataType, Value]] | None = None,
) -> bytes:  # fmt: skip
    """A metric; None is null. `declare`: with its data type, as births need it (§6.4.6)."""
    parts = []
    if name:
        parts.append(block(1, name.encode()))
    if alias is not None:
        parts.append(number(2, alias))
    if ts_ms is not None:
        parts.append(number(3, ts_ms))
    if declare:
        parts.append(number(4, datatype))
    if historical:
        parts.append(number(5, 1))
    if value is None:
        parts.append(number(7, 1))
    if properties:
        parts.append(block(9, encode_properties(properties)))
    if value is not None:
        parts.append(encode_value(INT_VALUE_OF_METRIC, datatype, value))
    return b"".join(parts)


def encode_properties(properties: Mapping[str, tuple[DataType, Value]]) -> bytes:
    """A PropertySet: keys, and as many values, each with its type (§6.4.8)."""
    keys = b"".join(block(1, name.encode()) for name in properties)
    values = (
        number(1, datatype) + encode_value(_INT_VALUE_OF_PROPERTY, datatype, value)
        for datatype, value in properties.values()
    )
    return keys + b"".join(block(2, value) for value in values)


def decode_payload(data: bytes) -> Payload:
    """A payload from its bytes. Raises WireError: too large, too many metrics, or no payload at all."""
    if len(data) > PAYLOAD_MAX_BYTES:
        raise WireError("sparkplug.too_large", f"A payload may have {PAYLOAD_MAX_BYTES} bytes, not {len(data)}.")
    payload = Payload(None, None, [])
    for number_, wire_type, a, b in read_fields(data, 0, len(data)):
        if number_ == 1 and wire_type == VARINT:
            payload.ts_ms = a
        elif number_ == 2 and wire_type == BYTES:
            if len(payload.metrics) >= METRICS_MAX:
                raise WireError("sparkplug.too_many", f"A payload may have {METRICS_MAX} metrics.")
            payload.metrics.append(_metric(data, a, b))
        elif number_ == 3 and wire_type == VARINT:
            if a > SEQ_MAX:
                raise WireError("sparkplug.seq", f"The sequence number {a} is above {SEQ_MAX}.")
            payload.seq = a
    return payload


def _metric(data: bytes, at: int, end: int) -> Metric:
    metric = Metric()
    for number_, wire_type, a, b in read_fields(data, at, end):
        if INT_VALUE_OF_METRIC <= number_ <= _EXTENSION_VALUE:
            metric.wire_type, metric.raw = wire_type, a if wire_type == VARINT else data[a:b]
        elif number_ == 1 and wire_type == BYTES:
            if b - a > NAME_MAX:
                raise WireError("sparkplug.name", f"The name of a metric may have {NAME_MAX} bytes.")
            metric.name = text_at(data, a, b)
        elif number_ == 9 and wire_type == BYTES:
            metric.properties = _properties(data, a, b)
        elif wire_type == VARINT:
            _take_number(metric, number_, a)
    return metric


def _take_number(metric: Metric, number_: int, value: int) -> None:
    if number_ == 2:
        metric.alias = value
    elif number_ == 3:
        metric.ts_ms = value
    elif number_ == 4:
        metric.datatype = value
    elif number_ == 5:
        metric.is_historical = bool(value)
    elif number_ == 6:
        metric.is_transient = bool(value)
    elif number_ == 7:
        metric.is_null = bool(value)


def _properties(data: bytes, at: int, end: int) -> dict[str, Value]:
    names: list[str] = []
    values: list[Value | None] = []
    for number_, wire_type, a, b in read_fields(data, at, end):
        if wire_type != BYTES:
            continue
        if number_ == 1:
            names.append(text_at(data, a, b))
        elif number_ == 2:
            values.append(_property(data, a, b))
        if len(names) > PROPERTIES_MAX or len(values) > PROPERTIES_MAX:
            raise WireError("sparkplug.too_many", f"A metric may have {PROPERTIES_MAX} properties.")
    if len(names) != len(values):
        raise WireError("sparkplug.properties", "A property set has not as many values as keys.")
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _property(data: bytes, at: int, end: int) -> Value | None:
    """A single value; None for null and for sets of properties, which are not read."""
    datatype: DataType | None = None
    found: tuple[int, int | bytes] | None = None
    for number_, wire_type, a, b in read_fields(data, at, end):
        if number_ == 1 and wire_type == VARINT:
            datatype = datatype_of(a)
        elif number_ == 2 and wire_type == VARINT and a:
            return None
        elif _INT_VALUE_OF_PROPERTY <= number_ <= _INT_VALUE_OF_PROPERTY + 5:
            found = (wire_type, a if wire_type == VARINT else data[a:b])
    return None if found is None or datatype is None else decode_value(datatype, *found)
