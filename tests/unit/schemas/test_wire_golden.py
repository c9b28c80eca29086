"""The bytes on the wire are a contract: these vectors were written once and are never regenerated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from schemas.errors import WireError
from schemas.wire.ack import Ack
from schemas.wire.batch import (
    decode_columns,
    decode_records,
    encode_columns,
    encode_records,
    make_batch,
    pack,
    unpack,
)
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat, ScanBeat, SpoolBeat

GOLDEN = Path(__file__).parents[2] / "golden" / "wire"
STREAM = UUID("01234567-89ab-4cde-8f01-23456789abcd")
T0 = 1_767_225_600_000_000


def golden(name: str) -> bytes:
    return bytes.fromhex((GOLDEN / f"{name}.hex").read_text("ascii"))


def test_data_batch_reads_and_writes_the_same_bytes() -> None:
    batch = unpack(golden("batch_data"))
    assert (batch.stream, batch.seq, batch.kind, batch.boot) == (STREAM, 17, "data", 3)
    assert (batch.wall, batch.mono, batch.rev, batch.z) == (T0, 42_000_000, "c0ffee00c0ffee00", "none")
    groups = {group.kind: group for group in decode_columns(batch.body, batch.z)}
    assert groups["f"].v.tolist() == [21.5, 0.0]
    assert groups["f"].q.tolist() == [0, 129]
    assert groups["f"].lag is not None
    assert groups["f"].lag.tolist() == [0, 7]
    assert groups["i"].v.tolist() == [-(2**53) - 1]
    assert groups["u"].v.tolist() == [2**63 + 5]
    assert groups["b"].v.tolist() == [1, 0]
    assert groups["s"].v.tolist() == ["", "冲压 A-7"]
    assert groups["s"].ts.tolist() == [T0, T0]
    again = make_batch(
        STREAM,
        17,
        "data",
        encode_columns(list(groups.values()), "none"),
        boot=3,
        wall=T0,
        mono=42_000_000,
        rev="c0ffee00c0ffee00",
        z="none",
    )
    assert pack(again) == golden("batch_data")


def test_dictionary_batch() -> None:
    batch = unpack(golden("batch_dict"))
    (record,) = decode_records(batch.body, batch.z)
    entry = TagEntry.from_record(record)
    assert (entry.alias, entry.key, entry.kind, entry.scan_ms) == (1, "press_1/temperature", "f", 250)
    assert (entry.connection, entry.name) == ("press_1", "temperature")
    assert entry.meta == {"unit": "°C", "decimals": 1}
    assert encode_records([entry.to_record()], "none") == batch.body
    assert entry.asset_name == ""
    named = replace(entry, asset_name="压力机 1")
    assert named.to_record() == {**entry.to_record(), "asset_name": "压力机 1"}
    assert TagEntry.from_record(named.to_record()) == named
    spoken = replace(named, asset_name_i18n={"zh-CN": "压力机 1"}, asset_parent_name_i18n={"zh-CN": "线"})
    assert TagEntry.from_record(spoken.to_record()) == spoken
    assert TagEntry.from_record({**named.to_record(), "asset_name_i18n": ["no", "map"]}) == named


def test_gap_batch() -> None:
    batch = unpack(golden("batch_gap"))
    (record,) = decode_records(batch.body, batch.z)
    gap = GapRecord.from_record(record)
    assert (gap.kind, gap.n, gap.count_of, gap.seq_from, gap.seq_to) == ("not_sampled", 600, "rows", 101, 700)
    assert encode_records([gap.to_record()], "none") == batch.body


def test_ack() -> None:
    ack = Ack(
        core="core-1",
        stream=STREAM,
        have=[(1, 5), (9, 12)],
        max_seq=12,
        now=T0,
        dead=[(7, "wire.crc")],
        want=["dict"],
        credit=8,
    )
    assert Ack.unpack(golden("ack")) == ack
    assert ack.pack() == golden("ack")


def test_heartbeat() -> None:
    beat = Heartbeat(
        "conn-1",
        STREAM,
        3,
        T0,
        42_000_000,
        [
            ConnectionBeat(
                "press_1",
                "modbus_tcp",
                True,
                1_767_225_500_000_000,
                "",
                3,
                1,
                [ScanBeat(250, 1_767_225_599_900_000, 2)],
            )
        ],
        SpoolBeat(10, 7, 2, 1, 0, 4096, 10**9, 1_767_225_599_000_000),
    )
    assert Heartbeat.unpack(golden("heartbeat")) == beat
    assert beat.pack() == golden("heartbeat")


def test_figures_of_a_line_travel_where_there_are_some() -> None:
    connection = ConnectionBeat("press_1", "modbus_tcp", True, T0, timeouts=2, rtt_p95_us=1500, busy_permille=40)
    beat = Heartbeat("conn-1", STREAM, 3, T0, 42_000_000, [connection])
    assert Heartbeat.unpack(beat.pack()) == beat
    assert b"rtt_p95_us" in beat.pack()
    assert b"exceptions" not in beat.pack()


@pytest.mark.parametrize("name", ["batch_data", "batch_dict", "batch_gap"])
def test_any_changed_byte_is_noticed(name: str) -> None:
    payload = golden(name)
    hist_flag = payload.index(b"\xa4hist") + 5
    for place in range(len(payload)):
        damaged = bytearray(payload)
        damaged[place] ^= 0x01
        if place == hist_flag:
            # Decided at sending, outside the checksum.
            assert unpack(bytes(damaged)).hist is True
            continue
        with pytest.raises(WireError):
            unpack(bytes(damaged))


def test_a_newer_version_is_refused_with_what_to_do() -> None:
    payload = golden("batch_data").replace(b"\xa1v\x01", b"\xa1v\x02", 1)
    with pytest.raises(WireError, match="wire version 2") as caught:
        unpack(payload)
    assert caught.value.hint
