"""A very light Modbus TCP server for benches: answers reads by slicing bytes that are ready.

Conformance is tested against the protocol library's server; here the peer must not cost more than what
is measured against it.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable

__all__ = ["Answer", "MbapServer", "exception"]

# (unit, function code, address, count) → response PDU, or None for silence.
Answer = Callable[[int, int, int, int], bytes | None]
ILLEGAL_FUNCTION = 1
_HEADER = struct.Struct(">HHHB")
_REQUEST = struct.Struct(">BHH")
_FRAME = 12


def exception(function_code: int, code: int) -> bytes:
    """PDU of a Modbus exception."""
    return bytes((function_code | 0x80, code))


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answer, delay_s: float, open_connections: set[asyncio.Transport]) -> None:
        self._answer = answer
        self._delay_s = delay_s
        self._open = open_connections
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._open.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._open.discard(self._transport)
            self._transport = None

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= _FRAME:
            transaction, _, length, unit = _HEADER.unpack_from(self._buffer)
            if length < 2 or length > 254:
                if self._transport is not None:
                    self._transport.abort()
                return
            if len(self._buffer) < 6 + length:
                return
            frame, self._buffer = self._buffer[: 6 + length], self._buffer[6 + length :]
            self._reply(transaction, unit, frame)

    def _reply(self, transaction: int, unit: int, frame: bytes) -> None:
        if len(frame) == _FRAME:
            pdu = self._answer(unit, *_REQUEST.unpack_from(frame, 7))
        else:
            pdu = exception(frame[7], ILLEGAL_FUNCTION)
        if pdu is None:
            return
        packet = _HEADER.pack(transaction, 0, len(pdu) + 1, unit) + pdu
        if self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, self._write, packet)
        else:
            self._write(packet)

    def _write(self, packet: bytes) -> None:
        if self._transport is not None:
            self._transport.write(packet)


class MbapServer:
    """One listening port. ``port`` 0 takes a free one; the real one is in :attr:`port` after start."""

    def __init__(self, answer: Answer, *, host: str, port: int, delay_ms: float = 0.0) -> None:
        self._answer = answer
        self._host = host
        self.port = port
        self._delay_s = delay_ms / 1000
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Transport] = set()

    async def start(self) -> None:
        """Listen."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self._answer, self._delay_s, self._open), self._host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._server is not None:
            self._server.close()
            for transport in list(self._open):
                transport.abort()
            await self._server.wait_closed()
            self._server = None
