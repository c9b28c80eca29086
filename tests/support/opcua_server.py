"""asyncua's server as a test wants it: variables, limits, and a socket that can go silent or away."""

import asyncio
from contextlib import asynccontextmanager, suppress

from asyncua import Server, ua

from connectors.registry import configure
from schemas.models.tag import TagConfig

URI = "urn:test:plant"


class Plant:
    """A running server; `variables` by name."""

    def __init__(self, server, index, variables, port):
        self.server, self.index, self.variables, self.port = server, index, variables, port

    @property
    def url(self):
        return f"opc.tcp://127.0.0.1:{self.port}/plant/"

    async def set(self, name, value, status=0):
        data = ua.DataValue(ua.Variant(value, ua.VariantType.Double), StatusCode=ua.StatusCode(status))
        await self.variables[name].write_value(data)


@asynccontextmanager
async def plant(names, *, port=0, clock=False, items_per_call=None):
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}/plant/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    if not clock:
        server.disable_clock()
    index = await server.register_namespace(URI)
    variables = {}
    for number, name in enumerate(names):
        if number % 500 == 0:  # the library is quadratic in the variables of one folder
            folder = await server.nodes.objects.add_folder(index, f"Line{number // 500}")
        variables[name] = await folder.add_variable(ua.NodeId(name, index), f"{index}:{name}", float(number))
        await variables[name].set_writable()
    if items_per_call is not None:
        node = server.get_node(ua.ObjectIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall)
        await node.write_value(ua.Variant(items_per_call, ua.VariantType.UInt32))
    await server.start()
    try:
        yield Plant(server, index, variables, server.bserver._server.sockets[0].getsockname()[1])
    finally:
        await server.stop()


class Relay:
    """A TCP relay in front of a server: `hold` lets no byte through, `cut` ends every link."""

    def __init__(self, port):
        self._to = port
        self._open = asyncio.Event()
        self._open.set()
        self._writers = set()
        self._tasks = set()
        self.port = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self):
        self._open.clear()

    def release(self):
        self._open.set()

    def cut(self):
        for writer in list(self._writers):
            writer.transport.abort()

    async def _accept(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        with suppress(OSError):
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
        self._writers -= {writer, back}

    async def _pass(self, reader, writer):
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        writer.close()


def driver_of(port, **more):
    """A driver for the plant at the port."""
    config = {"endpoint": f"opc.tcp://127.0.0.1:{port}/plant/", "security_policy": "None", "timeout_ms": 2000}
    return configure("opcua", config | more)


def tags_of(names, **more):
    return [TagConfig(name=name, address=f"nsu={URI};s={name}", type="float64", **more) for name in names]


class Follower:
    """Takes a driver's deliveries in a task: values by tag in the order told, and what was lost."""

    def __init__(self, driver, plan, period_ms=1000):
        self.values = {tag.name: [] for tag in plan.tags}
        self.losses, self.deliveries = [], 0
        self._driver, self._plan, self._period_ms = driver, plan, period_ms
        self.task = asyncio.create_task(self._run())

    @property
    def error(self):
        return self.task.exception() if self.task.done() and not self.task.cancelled() else None

    async def _run(self):
        async for delivery in self._driver.subscribe(self._plan, self._period_ms):
            self.deliveries += 1
            self.losses += delivery.losses
            for readings in delivery.rounds:
                for reading in readings:
                    columns = reading.columns
                    rows = zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), strict=True)
                    for index, value, quality in rows:
                        self.values[self._plan.tags[index].name].append((value, quality))

    async def until(self, condition, timeout_s=10.0):
        async with asyncio.timeout(timeout_s):
            while not condition():
                if self.error is not None:
                    raise self.error
                await asyncio.sleep(0.01)

    async def failed(self, timeout_s=10.0):
        await asyncio.wait([self.task], timeout=timeout_s)
        return self.error

    async def stop(self):
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
