"""A Modbus link that asks one thing at a time and tells everything about the answer; it can only read.

The driver turns answers into values and hides how they came. Who looks for a fault wants just that: the exception's
number, silence, bytes of another protocol, and the time it took. Frames follow "MODBUS Messaging on TCP/IP
Implementation Guide V1.0b" §3.1 and, behind serial converters, "MODBUS over Serial Line V1.02" §2.5.1.
"""

from __future__ import annotations

import asyncio
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal, Protocol, Self

from connectors.modbus.address import BIT_TABLES, READ_FUNCTION, Table
from schemas.errors import ConnectError

__all__ = ["EXCEPTIONS", "Answer", "ModbusLine", "RawLine"]

Outcome = Literal["data", "exception", "silent", "foreign", "closed"]
Framing = Literal["tcp", "rtu"]

#: MODBUS Application Protocol V1.1b3 §7, in plain words.
EXCEPTIONS: Final = {
    1: "function not supported", 2: "illegal address", 3: "illegal value or too many at once", 4: "device failure",
    5: "accepted, takes long", 6: "device busy", 8: "memory parity error", 10: "gateway: no path to this unit",
    11: "gateway: the unit does not answer",
}  # fmt: skip
_HEAD = struct.Struct(">HHHB")
_PDU_MAX = 254
_BYTES_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `data` of registers or packed bits, or why there is none; `elapsed_ms` is the round trip."""

    outcome: Outcome
    elapsed_ms: float
    data: bytes = b""
    exception: int = 0
    #: The first bytes that were no Modbus, for the report.
    raw: bytes = b""

    @property
    def words(self) -> list[int]:
        """Registers as unsigned numbers."""
        return list(struct.unpack(f">{len(self.data) // 2}H", self.data[: len(self.data) // 2 * 2]))

    def __str__(self) -> str:
        if self.outcome == "exception":
            return f"exception 0x{self.exception:02X} ({EXCEPTIONS.get(self.exception, 'unknown')})"
        if self.outcome == "foreign":
            return f"an answer that is no Modbus ({self.raw[:_BYTES_SHOWN].hex(' ')})"
        return {"data": "an answer", "silent": "no answer", "closed": "the link was closed"}[self.outcome]


class RawLine(Protocol):
    """Whatever registers are looked at over: a link of its own, or the line that the drivers share."""

    timeout_ms: float

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *_: object) -> None: ...

    async def ask(
        self, unit: int, table: Table, address: int, count: int, *, timeout_ms: float | None = None
    ) -> Answer:
        """Reads `count` registers or bits. Raises ConnectError only where no link can be opened."""
        ...


class ModbusLine:
    """One TCP link to a device or gateway; an async context manager. It connects again where a link was lost."""

    def __init__(self, host: str, port: int, *, timeout_ms: float, framing: Framing = "tcp") -> None:
        self.host, self.port, self.framing = host, port, framing
        self.timeout_ms = timeout_ms
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._number = 0

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Opens the link. Raises ConnectError."""
        await self.close()
        try:
            async with asyncio.timeout(max(self.timeout_ms / 1000, 1.0)):
                self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        except (OSError, TimeoutError) as error:
            raise ConnectError(
                "modbus.connect", f"no connection to {self.host}:{self.port}",
                hint="edge-agent doctor tells why.",
            ) from error  # fmt: skip

    async def close(self) -> None:
        """Ends the link; may be called twice."""
        writer, self._writer, self._reader = self._writer, None, None
        if writer is not None:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def ask(
        self, unit: int, table: Table, address: int, count: int, *, timeout_ms: float | None = None
    ) -> Answer:
        """Reads `count` registers or bits. Raises ConnectError only where no link can be opened."""
        if self._writer is None:
            await self.open()
        limit_s = (self.timeout_ms if timeout_ms is None else timeout_ms) / 1000
        function = READ_FUNCTION[table]
        size = (count + 7) // 8 if table in BIT_TABLES else count * 2
        started = time.perf_counter()
        try:
            async with asyncio.timeout(limit_s):
                outcome, pdu = await self._exchange(unit, struct.pack(">BHH", function, address, count))
        except TimeoutError:
            outcome, pdu = "silent", b""
        except (OSError, EOFError):
            outcome, pdu = "closed", b""
        elapsed_ms = (time.perf_counter() - started) * 1000
        if outcome == "data" and len(pdu) == 2 and pdu[0] == function | 0x80:
            return Answer("exception", elapsed_ms, exception=pdu[1])
        if outcome == "data" and len(pdu) == size + 2 and pdu[0] == function and pdu[1] == size:
            return Answer("data", elapsed_ms, pdu[2:])
        # With RTU frames a late answer would be taken for the next one: the link is not used again.
        if outcome != "silent" or self.framing == "rtu":
            await self.close()
        return Answer("foreign" if outcome == "data" else outcome, elapsed_ms, raw=pdu)

    async def _exchange(self, unit: int, pdu: bytes) -> tuple[Outcome, bytes]:
        reader, writer = self._reader, self._writer
        if reader is None or writer is None:
            return "closed", b""
        if self.framing == "rtu":
            frame = bytes([unit]) + pdu
            writer.write(frame + _crc(frame))
            return await _rtu_answer(reader, unit)
        self._number = self._number % 0xFFFF + 1
        writer.write(_HEAD.pack(self._number, 0, len(pdu) + 1, unit) + pdu)
        while True:
            start = await reader.read(_HEAD.size)
            if not start:
                return "closed", b""
            if start[2:4] not in (b"\0\0", b"\0", b""):
                return "foreign", start
            head = start + await reader.readexactly(_HEAD.size - len(start))
            number, protocol, length, of_unit = _HEAD.unpack(head)
            if protocol or not 2 <= length <= _PDU_MAX:
                return "foreign", head
            body = await reader.readexactly(length - 1)
            if number == self._number:  # an older one is the late answer to what was given up
                return ("data", body) if of_unit == unit else ("foreign", head + body)


async def _rtu_answer(reader: asyncio.StreamReader, unit: int) -> tuple[Outcome, bytes]:
    head = await reader.readexactly(3)
    rest = await reader.readexactly(2 if head[1] & 0x80 else head[2] + 2)
    frame = head + rest
    sound = frame[0] == unit and _crc(frame[:-2]) == frame[-2:]
    return ("data", frame[1:-2]) if sound else ("foreign", frame)


def _crc(frame: bytes) -> bytes:
    """CRC-16 of a serial frame, low byte first ("MODBUS over Serial Line V1.02" §6.2.2)."""
    value = 0xFFFF
    for byte in frame:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value.to_bytes(2, "little")
