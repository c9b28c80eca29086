"""A controller on a port: encapsulation, sessions, connections (large and small), and the faults of a bad line."""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from connectors.drivers.ethernet_ip.testing.services import Services, identity, reply
from connectors.drivers.ethernet_ip.testing.tags import Tags

__all__ = ["REGISTER", "SEND_RR", "Controller", "Fault", "encapsulate"]

HEADER: Final = struct.Struct("<HHII8sI")
REGISTER: Final = 0x65
UNREGISTER: Final = 0x66
LIST_IDENTITY: Final = 0x63
SEND_RR: Final = 0x6F
SEND_UNIT: Final = 0x70
_FORWARD_OPEN: Final = 0x54
_LARGE_FORWARD_OPEN: Final = 0x5B
_FORWARD_CLOSE: Final = 0x4E
_UNCONNECTED_SEND: Final = 0x52
_CONNECTION_MANAGER: Final = b"\x20\x06\x24\x01"
_LINK_NOT_AVAILABLE: Final = 0x0312
_INVALID_SIZE: Final = 0x0109

#: What becomes of an answer: other frames, one after the other; none is silence, an empty one the end.
Fault = Callable[[bytes], Sequence[bytes]]


def encapsulate(command: int, session: int, data: bytes, status: int = 0, context: bytes = bytes(8)) -> bytes:
    """An encapsulation frame."""
    return HEADER.pack(command, len(data), session, status, context, 0) + data


class _Peer:
    """One TCP connection: its session, and its CIP connections as (our id, their id, size)."""

    def __init__(self) -> None:
        self.session = 0
        self.connections: dict[int, tuple[int, int]] = {}


class Controller:
    """Serves while entered. What a test changes: tags, slot, refusals, sizes, fault."""

    host = "127.0.0.1"

    def __init__(self, *, slot: int = 0, size_max: int = 4002, large: bool = True) -> None:
        self.tags = Tags()
        self.services = Services(self.tags)
        self.slot, self.size_max, self.large = slot, size_max, large
        self.port = 0
        self.session_status = 0
        self.open_status: tuple[int, int | None] | None = None
        self.fault: Fault | None = None
        #: Commands whose answers have it.
        self.fault_of = {SEND_UNIT}
        #: Between the frames of a fault.
        self.pause_s = 0.0
        #: Connected requests as they came, without the sequence number.
        self.requests: list[bytes] = []
        self.accepted = self.open_now = self.closed_politely = 0
        self._numbers = itertools.count(0x2000)
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, after a stop on the same port."""
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End every connection, as a controller that loses its power."""
        if self._server is not None:
            self._server.close()
        await asyncio.sleep(0.01)  # who was let in just now begins to be served: a task that never ran closes nothing
        for writer in list(self._writers):
            writer.transport.abort()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._writers.add(writer)
        self.accepted += 1
        self.open_now += 1
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._serve(reader, writer)
        finally:
            self.open_now -= 1
            self._writers.discard(writer)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = _Peer()
        while True:
            head = await reader.readexactly(HEADER.size)
            command, length, session, _, context, _ = HEADER.unpack(head)
            data = await reader.readexactly(length)
            if command == UNREGISTER:
                return
            answer = self._answer(peer, command, session, context, data)
            frames: Sequence[bytes] = () if answer is None else (answer,)
            if answer is not None and command in self.fault_of and self.fault is not None:
                frames = self.fault(answer)
            for frame in frames:
                if not frame:
                    return
                writer.write(frame)
                await writer.drain()
                await asyncio.sleep(self.pause_s)

    def _answer(self, peer: _Peer, command: int, session: int, context: bytes, data: bytes) -> bytes | None:
        if command == LIST_IDENTITY:
            item = struct.pack("<H2sH4s8s", 1, b"\0\2", 44818, bytes([127, 0, 0, 1]), bytes(8)) + identity() + b"\xff"
            return encapsulate(command, session, struct.pack("<HHH", 1, 0x0C, len(item)) + item, 0, context)
        if command == REGISTER:
            if not self.session_status:
                peer.session = next(self._numbers)
            return encapsulate(command, peer.session, data, self.session_status, context)
        if not peer.session or session != peer.session:
            return encapsulate(command, session, b"", 0x64, context)
        if command == SEND_RR:
            message = data[16:]  # interface, timeout, two items: none for the address, then the message
            answer = self._unconnected(peer, message)
            items = struct.pack("<IHHHHHH", 0, 0, 2, 0, 0, 0xB2, len(answer)) + answer
            return encapsulate(command, session, items, 0, context)
        if command == SEND_UNIT:
            return self._connected(peer, session, data)
        return encapsulate(command, session, b"", 0x01, context)

    def _connected(self, peer: _Peer, session: int, data: bytes) -> bytes | None:
        target, number = struct.unpack_from("<I", data, 12)[0], struct.unpack_from("<H", data, 20)[0]
        if target not in peer.connections:
            return None  # nobody listens to a connection that is gone
        originator, size = peer.connections[target]
        request = data[22:]
        self.requests.append(request)
        answer = self.services.serve(request, size - 2) if len(request) + 2 <= size else reply(request[0], 0x15)
        items = struct.pack("<IHHHHIHHH", 0, 0, 2, 0xA1, 4, originator, 0xB1, len(answer) + 2, number) + answer
        return encapsulate(SEND_UNIT, session, items)

    def _unconnected(self, peer: _Peer, message: bytes) -> bytes:
        service, words = message[0], message[1]
        path, body = message[2 : 2 + 2 * words], message[2 + 2 * words :]
        if path != _CONNECTION_MANAGER:
            return self.services.serve(message, 500)
        if service == _UNCONNECTED_SEND:
            size = struct.unpack_from("<H", body, 2)[0]
            route = body[4 + size + size % 2 :]
            if self._misses(route[2 : 2 + 2 * route[0]]):
                return reply(service, 0x01, _LINK_NOT_AVAILABLE, bytes([0, 0]))
            return self.services.serve(body[4 : 4 + size], 500)
        if service == _FORWARD_CLOSE:
            peer.connections.clear()
            self.closed_politely += 1
            return reply(service, 0, None, body[2:10] + bytes(2))
        if service == _FORWARD_OPEN or (service == _LARGE_FORWARD_OPEN and self.large):
            return self._open(peer, service, body)
        return reply(service, 0x08)

    def _open(self, peer: _Peer, service: int, body: bytes) -> bytes:
        large = service == _LARGE_FORWARD_OPEN
        form = struct.Struct("<BBIIHHIB3xI" + ("II" if large else "HI") + ("I" if large else "H") + "BB")
        fields = form.unpack_from(body)
        theirs, serial, vendor, originator = fields[3], *fields[4:7]
        rpi, parameters, words = fields[8], fields[9], fields[13]
        who = struct.pack("<HHI", serial, vendor, originator)
        size = parameters & (0xFFFF if large else 0x1FF)
        refused = self.open_status
        if refused is None and self._misses(body[form.size : form.size + 2 * words]):
            refused = 0x01, _LINK_NOT_AVAILABLE
        if refused is None and size > self.size_max:
            refused = 0x01, _INVALID_SIZE
        if refused is not None:
            return reply(service, *refused, who + bytes([words, 0]))
        ours = next(self._numbers)
        peer.connections[ours] = theirs, size
        return reply(service, 0, None, struct.pack("<II", ours, theirs) + who + struct.pack("<IIBB", rpi, rpi, 0, 0))

    def _misses(self, route: bytes) -> bool:
        """Whether a route begins with a slot of the backplane that is not ours."""
        return route[:1] == b"\x01" and route[1] != self.slot
