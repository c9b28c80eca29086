"""Devices made wrong on purpose, on raw sockets: what real servers would not do."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Self

_HEAD = struct.Struct(">HHHB")


class Listener:
    """A TCP server on a free loopback port; an async context manager. Subclasses answer in `serve`."""

    def __init__(self) -> None:
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        await asyncio.sleep(0.01)  # who was let in just now begins to be served: a task that never ran closes nothing
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # sockets are closed in the next passes of the loop

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        await reader.read()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with suppress(OSError, EOFError, asyncio.CancelledError):
                await self.serve(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.close()


class ModbusDevice(Listener):
    """Holding (and other) registers at `registers`, each with its own address as value or from `values`."""

    def __init__(
        self, *, registers: Collection[int], units: Collection[int] = range(256),
        values: Mapping[int, int] | None = None, block_max: int = 125,
        functions: Collection[int] = (1, 2, 3, 4), gateway: bool = False, delay_s: float = 0.0, fault: int = 0,
    ) -> None:  # fmt: skip
        super().__init__()
        self._registers, self._units, self._values = registers, units, values or {}
        self._block_max, self._functions, self._gateway = block_max, functions, gateway
        self._delay_s, self._fault = delay_s, fault
        self.asked = 0
        #: Functions that were ever asked for.
        self.functions: set[int] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers reads; a unit that is not there is silent, or the gateway says so."""
        while True:
            number, _, length, unit = _HEAD.unpack(await reader.readexactly(_HEAD.size))
            pdu = await reader.readexactly(length - 1)
            self.asked += 1
            self.functions.add(pdu[0])
            answer = self._answer(unit, pdu)
            await asyncio.sleep(self._delay_s)
            if answer:
                writer.write(_HEAD.pack(number, 0, len(answer) + 1, unit) + answer)

    def _answer(self, unit: int, pdu: bytes) -> bytes:
        function, address, count = struct.unpack(">BHH", pdu[:5])
        if unit not in self._units:
            return bytes([function | 0x80, 11]) if self._gateway else b""
        if function not in self._functions:
            return bytes([function | 0x80, 1])
        if self._fault:
            return bytes([function | 0x80, self._fault])
        if count > self._block_max:
            return bytes([function | 0x80, 3])
        if any(at not in self._registers for at in range(address, address + count)):
            return bytes([function | 0x80, 2])
        if function in (1, 2):
            return bytes([function, (count + 7) // 8]) + bytes((count + 7) // 8)
        words = [self._values.get(at, at & 0xFFFF) for at in range(address, address + count)]
        return bytes([function, count * 2]) + struct.pack(f">{count}H", *words)


class Talker(Listener):
    """Sends `answer` to whatever comes, as a server of another protocol would; `b""`: takes all, says nothing."""

    def __init__(self, answer: bytes) -> None:
        super().__init__()
        self._answer = answer

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers each piece."""
        while await reader.read(4096):
            if self._answer:
                writer.write(self._answer)


class FullPort:
    """A port whose system drops every new connection, as a firewall does: its queue of connections is full (Linux)."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._fillers: list[socket.socket] = []

    def __enter__(self) -> Self:
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self._fillers.append(filler)
        return self

    def __exit__(self, *_: object) -> None:
        for one in [*self._fillers, self._listener]:
            one.close()
