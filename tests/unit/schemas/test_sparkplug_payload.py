"""The codec of Sparkplug payloads against the official protobuf library, and against made-up bytes."""

from __future__ import annotations

import contextlib
import math
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import WireError
from schemas.sparkplug import payload as codec
from schemas.sparkplug.datatypes import DataType
from schemas.sparkplug.payload import PAYLOAD_MAX_BYTES, decode_payload, encode_metric, encode_payload
from schemas.sparkplug.state import HostState
from schemas.sparkplug.topics import parse_topic
from tests.support.sparkplug_messages import Payload, properties_of, read, value_of

FIELD = {
    DataType.INT64: "long_value", DataType.UINT64: "long_value", DataType.DATE_TIME: "long_value",
    DataType.FLOAT: "float_value", DataType.DOUBLE: "double_value", DataType.BOOLEAN: "boolean_value",
    DataType.STRING: "string_value", DataType.TEXT: "string_value", DataType.UUID: "string_value",
    DataType.BYTES: "bytes_value",
}  # fmt: skip
SIGNED = {DataType.INT8: 8, DataType.INT16: 16, DataType.INT32: 32, DataType.INT64: 64}
UNSIGNED = {DataType.UINT8: 8, DataType.UINT16: 16, DataType.UINT32: 32, DataType.UINT64: 64}


@st.composite
def typed_values(draw: Any) -> tuple[DataType, Any]:
    kind = draw(st.sampled_from(list(DataType)))
    if kind in SIGNED:
        half = 1 << (SIGNED[kind] - 1)
        return kind, draw(st.integers(-half, half - 1))
    if kind in UNSIGNED or kind is DataType.DATE_TIME:
        return kind, draw(st.integers(0, (1 << UNSIGNED.get(kind, 64)) - 1))
    if kind is DataType.FLOAT:
        return kind, draw(st.floats(width=32))
    if kind is DataType.DOUBLE:
        return kind, draw(st.floats())
    if kind is DataType.BOOLEAN:
        return kind, draw(st.booleans())
    if kind is DataType.BYTES:
        return kind, draw(st.binary())
    return kind, draw(st.text())


def same(left: Any, right: Any) -> bool:
    return left == right or (isinstance(left, float) and math.isnan(left) and math.isnan(right))


@given(
    st.lists(typed_values(), max_size=5), st.integers(0, 2**62), st.integers(0, 255) | st.none(),
    st.booleans(), st.integers(0, 2**40), st.text(max_size=20),
)  # fmt: skip
def test_what_we_write_the_library_reads(
    values: list[tuple[DataType, Any]], ts_ms: int, seq: int | None, historical: bool, alias: int, name: str
) -> None:
    metrics = [
        encode_metric(
            value, kind, ts_ms=ts_ms, name=name, alias=alias, declare=True, historical=historical,
            properties={"Quality": (DataType.INT32, 500), "engUnit": (DataType.STRING, "°C")},
        )
        for kind, value in values
    ]  # fmt: skip
    found = read(encode_payload(ts_ms, seq, metrics))
    assert found.timestamp == ts_ms
    assert (found.seq if found.HasField("seq") else None) == seq
    for (kind, value), metric in zip(values, found.metrics, strict=True):
        assert (metric.name, metric.alias, metric.timestamp, metric.datatype) == (name, alias, ts_ms, kind)
        assert metric.is_historical == historical
        assert metric.WhichOneof("value") == FIELD.get(kind, "int_value")
        assert properties_of(metric) == {"Quality": 500, "engUnit": "°C"}
        bits = 64 if kind is DataType.INT64 else 32
        wanted = value & ((1 << bits) - 1) if kind in SIGNED else value
        assert same(value_of(metric), wanted)
    empty = read(encode_payload(1, None, [encode_metric(None, DataType.INT32, alias=3)])).metrics[0]
    assert empty.is_null
    assert empty.WhichOneof("value") is None


@given(st.lists(typed_values(), max_size=5), st.integers(0, 2**62), st.integers(0, 255), st.text(max_size=20))
def test_what_the_library_writes_we_read(
    values: list[tuple[DataType, Any]], ts_ms: int, seq: int, name: str
) -> None:  # fmt: skip
    message = Payload(timestamp=ts_ms, seq=seq, uuid="x", body=b"body")
    for kind, value in values:
        metric = message.metrics.add(name=name, alias=7, timestamp=ts_ms, datatype=kind, is_transient=True)
        bits = 64 if kind is DataType.INT64 else 32
        setattr(metric, FIELD.get(kind, "int_value"), value & ((1 << bits) - 1) if kind in SIGNED else value)
        metric.properties.keys.append("Quality")
        metric.properties.values.add(type=3, int_value=192)
    found = decode_payload(message.SerializeToString())
    assert (found.ts_ms, found.seq, len(found.metrics)) == (ts_ms, seq, len(values))
    for (kind, value), metric in zip(values, found.metrics, strict=True):
        assert (metric.name, metric.alias, metric.ts_ms, metric.datatype) == (name, 7, ts_ms, kind)
        assert metric.is_transient
        assert metric.properties == {"Quality": 192}
        assert same(metric.value(kind), value)


@pytest.mark.parametrize(("kind", "raw", "value"), [
    (DataType.INT8, 0xFB, -5), (DataType.INT8, 0xFFFFFFFB, -5), (DataType.INT16, 0xFFFB, -5),
    (DataType.INT32, 2**64 - 5, -5), (DataType.INT8, 5, 5), (DataType.UINT32, 2**32 - 1, 2**32 - 1),
])  # fmt: skip
def test_signs_as_different_encoders_write_them(kind: DataType, raw: int, value: int) -> None:
    assert codec.Metric(raw=raw).value(kind) == value


@pytest.mark.parametrize(("kind", "wire_type", "raw"), [
    (DataType.INT8, 0, 0x1FF), (DataType.UINT8, 0, 256), (DataType.INT32, 2, b"5"), (DataType.STRING, 0, 5),
    (DataType.FLOAT, 0, 1), (DataType.STRING, 2, b"\xff"), (DataType.DOUBLE, 2, struct.pack("<d", 1.0)),
])  # fmt: skip
def test_a_value_that_is_not_of_its_type_is_refused(kind: DataType, wire_type: int, raw: Any) -> None:
    with pytest.raises(WireError):
        codec.Metric(wire_type=wire_type, raw=raw).value(kind)


@settings(max_examples=500)
@given(st.binary(max_size=200))
def test_made_up_bytes_are_refused_or_read_and_never_more(data: bytes) -> None:
    with contextlib.suppress(WireError):
        decode_payload(data)


@given(st.lists(typed_values(), min_size=1, max_size=4), st.data())
def test_a_payload_that_is_cut_is_refused_or_shorter(values: list[tuple[DataType, Any]], data: Any) -> None:
    whole = encode_payload(9, 1, [encode_metric(v, k, name="a", declare=True) for k, v in values])
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    with contextlib.suppress(WireError):
        assert len(decode_payload(cut).metrics) <= len(values)


def test_limits_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WireError, match="may have"):
        decode_payload(bytes(PAYLOAD_MAX_BYTES + 1))
    with pytest.raises(WireError, match="name"):
        decode_payload(encode_payload(1, 1, [encode_metric(1, DataType.INT8, name="x" * 1001)]))
    many = {str(at): (DataType.INT32, 1) for at in range(65)}
    with pytest.raises(WireError, match="properties"):
        decode_payload(encode_payload(1, 1, [encode_metric(1, DataType.INT8, properties=many)]))
    with pytest.raises(WireError, match="255"):
        decode_payload(encode_payload(1, 256, []))
    monkeypatch.setattr(codec, "METRICS_MAX", 2)
    with pytest.raises(WireError, match="metrics"):
        decode_payload(encode_payload(1, 1, [b"", b"", b""]))


def test_a_property_set_of_unequal_lengths_is_refused() -> None:
    message = Payload(timestamp=1, seq=1)
    message.metrics.add(name="a").properties.keys.append("Quality")
    with pytest.raises(WireError, match="keys"):
        decode_payload(message.SerializeToString())


def test_data_sets_and_templates_are_seen_and_left_out() -> None:
    message = Payload(timestamp=1, seq=1)
    message.metrics.add(name="t", datatype=19).template_value.metrics.add(name="inner", datatype=3, int_value=1)
    message.metrics.add(name="d", datatype=16).dataset_value.columns.append("c")
    message.metrics.add(name="v", datatype=3, int_value=5)
    found = decode_payload(message.SerializeToString()).metrics
    assert [(metric.name, metric.datatype) for metric in found] == [("t", 19), ("d", 16), ("v", 3)]
    assert found[2].value(DataType.INT32) == 5


@pytest.mark.parametrize("topic", [
    "spBv1.0/g/NBIRTH", "spBv1.0/g/NBIRTH/n/d", "spBv1.0/g/DBIRTH/n", "spBv1.0//NBIRTH/n", "spAv1.0/g/NBIRTH/n",
    "spBv1.0/STATE/host", "spBv1.0/g/HELLO/n", f"spBv1.0/{'g' * 201}/NBIRTH/n", "spBv1.0/g/DDATA/n/d\x01",
    "spBv1.0/g/DDATA/n/d/e",
])  # fmt: skip
def test_what_is_no_topic_of_a_node_is_refused(topic: str) -> None:
    with pytest.raises(WireError):
        parse_topic(topic)


def test_topics_are_written_as_they_are_read() -> None:
    for topic in ("spBv1.0/Halle 1/NDATA/Linie é", "spBv1.0/g/DDATA/n/d.2"):
        assert str(parse_topic(topic)) == topic


@pytest.mark.parametrize("payload", [
    b"ONLINE", b"", b"[]", b'{"online": 1, "timestamp": 1}', b'{"online": true}', b'{"online": true, "timestamp": 1.5}',
    b'{"online": true, "timestamp": true}', b"[" * 900, b" " * 2000,
])  # fmt: skip
def test_a_state_of_another_shape_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError):
        HostState.unpack(payload)
    assert HostState.unpack(HostState(True, 5).pack()) == HostState(True, 5)
