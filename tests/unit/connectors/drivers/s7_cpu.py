"""Driver and CPU for the tests of the S7 driver: a connected driver, and the library's server with memory."""

import asyncio
import contextlib
import socket

from snap7.server import Server
from snap7.type import SrvArea

from connectors.registry import configure
from schemas.models.tag import TagConfig


def tag(address, of="int16", **more):
    return TagConfig(name=more.pop("name", address), address=address, type=of, **more)


@contextlib.asynccontextmanager
async def reading(device, **config):
    """A connected driver."""
    driver = configure("s7", {"host": "127.0.0.1", "port": device.port, "timeout_ms": 400, **config})
    await driver.connect()
    try:
        yield driver
    finally:
        await driver.close()


async def rows(driver, plan):
    """(value, quality) by tag name."""
    out = {}
    for read in await driver.read(plan):
        columns = read.columns
        for index, v, q in zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), strict=True):
            assert plan.tags[index].name not in out
            out[plan.tags[index].name] = (v, q)
    assert len(out) == len(plan.tags)
    return out


class KillableServer(Server):
    """The library's server; its `stop` alone lets connections live on for a while."""

    def __init__(self):
        super().__init__(log=False)
        self.wires = []

    def _handle_client(self, client_socket, address):
        self.wires.append(client_socket)
        super()._handle_client(client_socket, address)

    def kill(self):
        for wire in self.wires:
            with contextlib.suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        self.stop()


class Memory:
    """The library's server with areas of a test."""

    def __init__(self, **areas):
        self.areas = {name: bytearray(data) for name, data in areas.items()}
        self.port = free_port()

    def start(self):
        self.server = KillableServer()
        for name, data in self.areas.items():
            kind, number = (SrvArea.DB, int(name[2:])) if name[:2] == "DB" else (SrvArea[name], 0)
            self.server.register_area(kind, number, data)
        self.server.start_to("127.0.0.1", self.port)

    async def __aenter__(self):
        self.start()
        return self

    async def __aexit__(self, *_):
        await self.kill()

    async def kill(self):
        await asyncio.to_thread(self.server.kill)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
