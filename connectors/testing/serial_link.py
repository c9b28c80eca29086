"""A serial line between driver and device: a pseudo-terminal whose other end is forwarded to the device's TCP port."""

from __future__ import annotations

import asyncio
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import pytest

from connectors.testing.link import Link

__all__ = ["SerialLink"]


class SerialLink(Link):
    """As `Link`, with a serial port for the driver: its name is `host`, and stays when it is cut and mended.

    Cutting is what pulling the plug of a USB adapter does: open ports hang up, the name is gone. POSIX only: Windows
    has no pseudo-terminals that are serial ports.
    """

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self._folder = tempfile.TemporaryDirectory(prefix="serial-")
        self._name = Path(self._folder.name) / "port"
        self.host = str(self._name)
        self._master = self._slave = -1
        self._pump_tasks: list[asyncio.Task[None]] = []

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await super().__aexit__(kind, error, trace)
        self._folder.cleanup()

    async def mend(self) -> None:
        """The port is there."""
        if os.name == "nt":
            pytest.skip("a pseudo-terminal that is a serial port needs POSIX")
        import tty

        self._flows.set()
        if self._master >= 0:
            return
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self._name.symlink_to(os.ttyname(self._slave))
        reader, writer = await asyncio.open_connection(*self._target)
        self._writers.add(writer)
        self._pump_tasks = [
            asyncio.create_task(self._to_device(writer)),
            asyncio.create_task(self._from_device(reader)),
        ]

    async def cut(self) -> None:
        """The port is gone."""
        tasks, self._pump_tasks = self._pump_tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for descriptor in (self._master, self._slave):
            if descriptor >= 0:
                os.close(descriptor)
        self._master = self._slave = -1
        self._name.unlink(missing_ok=True)
        await super().cut()
        self._writers.clear()

    async def _to_device(self, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        came: asyncio.Queue[bytes] = asyncio.Queue()
        master = self._master

        def read() -> None:
            with suppress(OSError):
                came.put_nowait(os.read(master, 4096))

        loop.add_reader(master, read)
        try:
            while data := await came.get():
                await self._flows.wait()
                writer.write(data)
        finally:
            loop.remove_reader(master)

    async def _from_device(self, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := await reader.read(4096):
                await self._flows.wait()
                os.write(self._master, data)
