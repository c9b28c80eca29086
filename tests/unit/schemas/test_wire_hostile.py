"""Messages that are well packed and say nonsense: refused as a whole, whatever comes after trusts their types."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgpack
import pytest

from schemas.errors import WireError
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat, ScanBeat
from schemas.wire.presence import Birth, read_presence

BEAT = Heartbeat("c", UUID(int=1), 1, 2, 3, [ConnectionBeat("a", "modbus_tcp", True, 4, scans=[ScanBeat(1000, 5)])])


def changed(path: tuple[str | int, ...], value: Any) -> bytes:
    content = msgpack.unpackb(BEAT.pack())
    inner = content
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    packed: bytes = msgpack.packb(content)
    return packed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("connections", 0, "scans", 0, "last"), "yesterday"),
        (("connections", 0, "scans", 0, "ms"), []),
        (("connections", 0, "scans", 0, "ms"), 0),
        (("connections", 0, "scans", 0, "ms"), 2**62),
        (("connections", 0, "scans"), "none"),
        (("connections", 0, "id"), 7),
        (("connections", 0, "up"), "yes"),
        (("connections", 0, "since"), None),
        (("connections", 0, "error"), "x" * 10_000),
        (("connections",), {"a": 1}),
        (("spool", "accepted"), 1.5),
        (("spool", "pending"), 2**64 - 1),
        (("now",), float("nan")),
        (("conn_id",), 1),
    ],
)
def test_a_heartbeat_with_a_member_of_another_type_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    with pytest.raises(WireError):
        Heartbeat.unpack(changed(path, value))
    assert Heartbeat.unpack(changed(("new_member",), "ignored")) == BEAT


@pytest.mark.parametrize("member", ["boot", "max_seq"])
def test_a_birth_with_a_number_beyond_64_bits_is_refused(member: str) -> None:
    birth = Birth(
        stream=str(UUID(int=1)), boot=1, conn_id="c", max_seq=1, machine="m", agent_version="1", config_hash=""
    )
    good = birth.pack()
    assert read_presence(Birth, good) == birth
    with pytest.raises(WireError):
        read_presence(Birth, good.replace(f'"{member}":1'.encode(), f'"{member}":{2**63}'.encode()))
