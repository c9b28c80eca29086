"""A TCP link between driver and device that a test may cut, hold and mend."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

__all__ = ["Link"]


class Link:
    """Forwards bytes to `host:port` while it is up; an async context manager, its own port in `port`."""

    def __init__(self, host: str, port: int) -> None:
        self.host = "127.0.0.1"
        self._target = (host, port)
        self.port = 0
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def mend(self) -> None:
        """Listen, on the same port as before."""
        self._flows.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._accept, self.host, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection and refuse new ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await asyncio.sleep(0.01)  # who was let in just now is served, and ended, too
        closing = list(self._writers)
        for writer in closing:
            writer.transport.abort()
        self._flows.set()
        for writer in closing:
            with suppress(OSError):
                await writer.wait_closed()
        # The far sides learn of it in the next passes of the loop, before the test ends their server.
        await asyncio.sleep(0.01)

    def hold(self) -> None:
        """Keep connections open and let no byte through, as a hung device does."""
        self._flows.clear()

    def release(self) -> None:
        """Let everything held through, late."""
        self._flows.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        if self._server is None:  # cut while we were connecting
            writer.transport.abort()
            far_writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._pump(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65_536):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        sink.transport.abort()
        self._writers.discard(sink)
