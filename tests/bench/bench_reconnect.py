"""Memory that links leave behind: 1,000 times connect, read and be closed by the device, in one process.

The device runs in the same process, so that its own leaks would count too; the figure is an upper bound.
"""

from __future__ import annotations

import asyncio
import gc
import os
import struct

from connectors.registry import configure
from schemas.errors import ConnectError
from schemas.models.tag import TagConfig
from tests.bench.bench_agent import rss_mb
from tests.bench.row import Row

RECONNECTS = 1000
WARM = 200


class _ClosingDevice(asyncio.Protocol):
    """Answers one read of registers, then closes the link at the second."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._answered = False

    def data_received(self, data: bytes) -> None:
        if self._answered:
            self._transport.close()
            return
        self._answered = True
        transaction, _, _, unit, function, _, count = struct.unpack(">HHHBBHH", data)
        body = bytes((unit, function, 2 * count)) + bytes(2 * count)
        self._transport.write(struct.pack(">HHH", transaction, 0, len(body)) + body)


async def _reconnect(port: int, times: int) -> int:
    """Links lost, of `times` that were opened."""
    lost = 0
    tags = [TagConfig(name=f"t{i}", address=f"holding:{i}", type="int16") for i in range(100)]
    plan = None
    for _ in range(times):
        driver = configure("modbus_tcp", {"host": "127.0.0.1", "port": port})
        plan = plan or driver.plan(tags)
        await driver.connect()
        try:
            for _ in range(2):
                await driver.read(plan)
        except ConnectError:
            lost += 1
        finally:
            await driver.close()
    return lost


async def _measure() -> tuple[int, float]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_ClosingDevice, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await _reconnect(port, WARM)
    gc.collect()
    before = rss_mb(os.getpid())
    lost = await _reconnect(port, RECONNECTS)
    gc.collect()
    grown = rss_mb(os.getpid()) - before
    server.close()
    await server.wait_closed()
    return lost, grown


def run() -> list[Row]:
    """The rows of this bench."""
    lost, grown = asyncio.run(_measure())
    method = f"VmRSS after {WARM} more; {lost} links lost"
    return [Row(f"Modbus TCP driver: {RECONNECTS:,} reconnects add", grown, "MB", "≤ 5 MB", "", method)]
