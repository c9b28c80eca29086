"""The CPU the S7 driver is proven against: python-snap7's own server."""

from __future__ import annotations

import asyncio
import socket
import struct
from types import TracebackType
from typing import Any, Self

from snap7.datatypes import S7Area
from snap7.server import Server
from snap7.type import SrvArea

from connectors.drivers.s7.targets import Target, locate
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]

BLOCK = 10
BLOCK_BYTES = 2000
MISSING_BLOCK = 99
#: Format, and how the address is written.
_TYPES: dict[str, tuple[str, str]] = {
    "bool": (">B", "DBX{}.0"),
    "int16": (">h", "DBW{}:INT"),
    "uint16": (">H", "DBW{}"),
    "int32": (">i", "DBD{}"),
    "uint32": (">I", "DWORD{}"),
    "int64": (">q", "LINT{}"),
    "uint64": (">Q", "DBX{}.0:ULINT"),
    "float32": (">f", "DBD{}:REAL"),
    "float64": (">d", "LREAL{}"),
}


class _FaultyServer(Server):
    """A CPU that reports a hardware fault for every range that holds its `faulty` byte."""

    faulty = -1

    def _read_from_memory_area(self, area: S7Area, db_number: int, start: int, count: int) -> tuple[int, bytearray]:
        if start <= self.faulty < start + count:
            return 0x01, bytearray()
        return super()._read_from_memory_area(area, db_number, start, count)


class Peer:
    """Data block 10; tags take the next free bytes, odd ones too."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self._server = _FaultyServer(log=False)
        self._memory = bytearray(BLOCK_BYTES)
        self._server.register_area(SrvArea.DB, BLOCK, self._memory)
        self._next = 1
        self._wrong = BLOCK_BYTES
        self.port = 0

    async def __aenter__(self) -> Self:
        with socket.socket() as free:
            free.bind((self.host, 0))
            self.port = free.getsockname()[1]
        self._server.start_to(self.host, self.port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self._server.stop)

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver; small messages, so that a plan takes several."""
        return {
            "host": host, "port": port, "timeout_ms": timeout_ms, "pdu_size_max": 128, "string_encoding": "utf-8",
        }  # fmt: skip

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """The next free bytes."""
        start = self._next
        if data_type == "string":
            length: int = more["length"]
            self._next += length + 2
            self._memory[start] = length
            return TagConfig(name=name, type=data_type, address=f"DB{BLOCK}.STRING{start}", **more)
        form, address = _TYPES[data_type]
        self._next += struct.calcsize(form)
        return TagConfig(name=name, type=data_type, address=f"DB{BLOCK}.{address.format(start)}", **more)

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """Behind the end of the block, and in a block that is not there."""
        self._wrong += 3
        block = BLOCK if self._wrong % 2 else MISSING_BLOCK
        return TagConfig(name=name, type=data_type, address=f"DB{block}.DBW{self._wrong}")

    def impossible_tag(self, name: str) -> TagConfig:
        """No area of an S7."""
        return TagConfig(name=name, type="int16", address="holding:12")

    def put(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Set the bytes."""
        if tag.type == "string":
            data = str(value).encode("utf-8")
            self.put_text_bytes(tag, data)
        else:
            struct.pack_into(_TYPES[tag.type][0], self._memory, self._target(tag).start, value)

    def get(self, tag: TagConfig) -> float | int | bool | str:
        """What the bytes say, by the standard library alone."""
        start = self._target(tag).start
        if tag.type == "string":
            used = self._memory[start + 1]
            return self._memory[start + 2 : start + 2 + used].decode("utf-8")
        value: float | int = struct.unpack_from(_TYPES[tag.type][0], self._memory, start)[0]
        return bool(value) if tag.type == "bool" else value

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """Any bytes are a text's."""
        start = self._target(tag).start
        self._memory[start + 1 : start + 2 + len(data)] = bytes([len(data)]) + data
        return True

    def fault(self, tag: TagConfig) -> Quality | None:
        """A hardware fault where the tag lies."""
        self._server.faulty = self._target(tag).start
        return Quality.DEVICE_ERROR

    def _target(self, tag: TagConfig) -> Target:
        target = locate(tag)
        assert isinstance(target, Target)
        return target
