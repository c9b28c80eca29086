"""Whatever arrives, a decoder answers with a message or a WireError: no other exception."""

from __future__ import annotations

import contextlib
from uuid import uuid4

import msgpack
import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import WireError
from schemas.wire.ack import Ack
from schemas.wire.batch import (
    MESSAGE_SIZE_MAX,
    decode_columns,
    decode_records,
    encode_columns,
    make_batch,
    pack,
    unpack,
)
from schemas.wire.body import BODY_SIZE_MAX
from schemas.wire.columns import KINDS, columns, concat, count
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord
from schemas.wire.heartbeat import Heartbeat
from schemas.wire.presence import Birth, CoreState, EdgeState, read_presence
from schemas.wire.topics import parse_edge_topic

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary()
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=6),
)
KEYS = st.sampled_from(
    [
        "v",
        "s",
        "n",
        "k",
        "boot",
        "wall",
        "mono",
        "rev",
        "z",
        "crc",
        "hist",
        "body",
        "g",
        "r",
        "id",
        "ts",
        "q",
        "o",
    ]
)
MAPS = st.dictionaries(KEYS | st.text(max_size=4), TREES, max_size=14)


def quiet(call: object, *arguments: object) -> None:
    with contextlib.suppress(WireError):
        call(*arguments)  # type: ignore[operator]


@settings(max_examples=300)
@given(st.binary(max_size=400) | MAPS.map(msgpack.packb))
def test_garbage_gives_wire_errors_only(payload: bytes) -> None:
    for call in (unpack, Ack.unpack, Heartbeat.unpack):
        quiet(call, payload)
    for z in ("none", "zstd", "lz4"):
        quiet(decode_columns, payload, z)
        quiet(decode_records, payload, z)
    for model in (Birth, EdgeState, CoreState):
        quiet(read_presence, model, payload)


@settings(max_examples=300)
@given(MAPS)
def test_garbage_records_give_wire_errors_only(record: dict[str, object]) -> None:
    quiet(TagEntry.from_record, record)
    quiet(GapRecord.from_record, record)
    body = msgpack.packb({"g": [{"k": "f", **record}, {"k": "s", **record}]})
    quiet(decode_columns, body, "none")


@settings(max_examples=300)
@given(st.text() | st.from_regex(r"il/v1/[a-z]{1,3}/edge/[a-z]{1,3}/.{0,8}"))
def test_garbage_topics(topic: str) -> None:
    quiet(parse_edge_topic, topic)


GROUPS = {
    "f": st.floats(allow_nan=False),
    "i": st.integers(-(2**63), 2**63 - 1),
    "u": st.integers(0, 2**64 - 1),
    "b": st.integers(0, 1),
    "s": st.text().filter(lambda text: text.isprintable()),
}


@given(st.data())
def test_columns_come_back_exactly(data: st.DataObject) -> None:
    groups = []
    for kind in KINDS:
        values = data.draw(st.lists(GROUPS[kind], max_size=20))
        n = len(values)
        ids = data.draw(st.lists(st.integers(0, 2**32 - 1), min_size=n, max_size=n))
        times = data.draw(st.lists(st.integers(-(2**62), 2**62), min_size=n, max_size=n))
        q = data.draw(st.lists(st.integers(0, 255), min_size=n, max_size=n))
        groups.append(columns(kind, ids, times, q, values, data.draw(st.none() | st.just([3] * n))))
    batch = make_batch(uuid4(), 5, "data", encode_columns(groups), boot=1, wall=2, mono=3, rev="r")
    back = decode_columns(unpack(pack(batch)).body, batch.z)
    for sent, got in zip(groups, back, strict=True):
        assert sent.kind == got.kind
        for name in ("id", "ts", "q", "v"):
            assert np.array_equal(getattr(sent, name), getattr(got, name)), name
        assert (sent.lag is None) == (got.lag is None)


def test_bombs_are_refused_before_they_grow() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(BODY_SIZE_MAX + 1))
    assert len(bomb) < 10_000
    with pytest.raises(WireError, match="at most"):
        decode_columns(bomb, "zstd")
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(b"\x81\xa1g\x90")
    with pytest.raises(WireError):
        decode_columns(unsized, "zstd")
    with pytest.raises(WireError, match="at most"):
        unpack(bytes(MESSAGE_SIZE_MAX + 1))


def test_a_snapshot_has_no_place_in_the_stream() -> None:
    body = encode_columns([columns("f", [1], [1], [0], [1.0])])
    common = {"boot": 1, "wall": 2, "mono": 3, "rev": "r"}
    assert unpack(pack(make_batch(uuid4(), 0, "snapshot", body, **common))).seq == 0  # type: ignore[arg-type]
    for seq, kind in ((0, "data"), (4, "snapshot")):
        with pytest.raises(WireError):
            unpack(pack(make_batch(uuid4(), seq, kind, body, **common)))  # type: ignore[arg-type]


def test_concat_keeps_order_and_kinds() -> None:
    joined = concat(
        [
            columns("i", [1], [1], [0], [7]),
            columns("f", [2], [1], [0], [1.5], [4]),
            columns("f", [3], [2], [0], [2.5]),
        ]
    )
    assert [group.kind for group in joined] == ["f", "i"]
    assert joined[0].id.tolist() == [2, 3]
    assert joined[0].lag is not None
    assert joined[0].lag.tolist() == [4, 0]
    assert count(joined) == 3
