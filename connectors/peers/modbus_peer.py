"""A Modbus TCP server (pymodbus) over register lists that a peer fills and may watch being read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

__all__ = ["ModbusPeer", "RegisterUnit"]

OnRead = Callable[[int, int], None]
OnWrite = Callable[[int, Sequence[int]], bool]

READ_FUNCTIONS = frozenset({3, 4})


@dataclass
class RegisterUnit:
    """One unit behind the server: its register ranges and what to call when they are touched.

    ``ranges`` are ``(address, count)`` pairs; everything else answers "illegal data address".
    ``on_read(address, count)`` runs in the same step that copies the registers into the answer, so what
    it writes with :meth:`put` is what the reader gets, whole. ``on_write`` answers whether it accepts.
    Holding and input registers show the same values.
    """

    unit: int
    ranges: Sequence[tuple[int, int]]
    on_read: OnRead | None = None
    on_write: OnWrite | None = None
    registers: list[int] = field(default_factory=list, init=False)
    base: int = field(default=0, init=False)

    def put(self, address: int, words: Sequence[int]) -> None:
        """Set registers from ``address`` on, once the peer is serving."""
        start = address - self.base
        self.registers[start : start + len(words)] = words

    def device(self) -> SimDevice:
        """The pymodbus description of this unit."""
        data = [SimData(address, count=count, values=0, datatype=DataType.REGISTERS) for address, count in self.ranges]
        return SimDevice(self.unit, simdata=data, action=self._action)

    async def _action(
        self,
        function_code: int,
        start_address: int,
        address: int,
        count: int,
        current_registers: list[int],
        set_values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if set_values is not None:
            accepted = self.on_write is not None and self.on_write(address, [int(value) for value in set_values])
            return None if accepted else ExcCodes.ILLEGAL_ADDRESS
        if function_code in READ_FUNCTIONS and self.on_read is not None:
            self.on_read(address, count)
        return None


class ModbusPeer:
    """Serves :class:`RegisterUnit` objects on one TCP port; an async context manager.

    ``port`` 0 takes a free one; the real one is in :attr:`port` once entered. ``rtu``: RTU frames, as a serial
    converter passes them on.
    """

    def __init__(
        self, units: Sequence[RegisterUnit], *, host: str = "127.0.0.1", port: int = 0, rtu: bool = False
    ) -> None:
        self.framer = FramerType.RTU if rtu else FramerType.SOCKET
        self.units: Mapping[int, RegisterUnit] = {unit.unit: unit for unit in units}
        self.host = host
        self.port = port
        self._server: Any = None

    async def __aenter__(self) -> Self:
        devices = [unit.device() for unit in self.units.values()]
        server: Any = ModbusTcpServer(devices, framer=self.framer, address=(self.host, self.port))
        for number, unit in self.units.items():
            # pymodbus keeps the live register list here; the action hook gets this same list.
            runtime = server.context.devices[number]
            unit.base, _, unit.registers, _ = runtime.block["x"]
        await server.serve_forever(background=True)
        self.port = server.transport.sockets[0].getsockname()[1]
        self._server = server
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            await self._server.shutdown()
            self._server = None
