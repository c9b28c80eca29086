"""Tick devices on the network, with faults on request; as a process or inside a test."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

from connectors.peers.opcua_peer import OpcuaPeer, Variable
from connectors.peers.tick_device.mbap import ILLEGAL_FUNCTION, MbapServer, exception
from connectors.peers.tick_device.pattern import (
    BLOCK_STRIDE,
    TAG_STRIDE,
    block_registers,
    connection_id,
    expected,
    registers,
    tag_name,
    tick_name,
)

__all__ = ["NAMESPACE", "TickDevices", "TickOptions"]

NAMESPACE = "urn:interlock:tick-device"
ILLEGAL_ADDRESS, NO_SUCH_UNIT = 2, 11
READ_FUNCTIONS = (3, 4)
COUNT_MAX = 125


@dataclass(frozen=True)
class TickOptions:
    """``tags`` per device. ``by``: each device has its own port, or its own unit (from 1) on one port.

    Faults: ``holes`` are register ranges (first, last) that answer "illegal data address"; after
    ``silent_after_s`` nothing is answered any more; each answer waits ``delay_ms``.
    """

    tags: int
    devices: int = 1
    protocol: Literal["modbus", "opcua"] = "modbus"
    by: Literal["port", "unit"] = "port"
    host: str = "127.0.0.1"
    port: int = 0
    period_s: float = 1.0
    holes: Sequence[tuple[int, int]] = ()
    silent_after_s: float | None = None
    delay_ms: float = 0.0


class TickDevices:
    """The devices; an async context manager. Ticks count from 1, one each ``period_s``.

    All of a device's registers are encoded once per tick, when the first request of that tick comes.
    """

    def __init__(self, options: TickOptions, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.options = options
        self._clock = clock
        self._started = clock()
        self.started_us = time.time_ns() // 1000
        self.reads = 0
        self._sizes = block_registers(options.tags)
        self._tick_names = [tick_name(block) for block in range(len(self._sizes))]
        self._images: list[tuple[int, bytes]] = [(0, b"")] * options.devices
        self._servers: list[MbapServer] = []
        self._opcua: OpcuaPeer | None = None
        self._shown = 0
        self._stack = AsyncExitStack()

    @property
    def tick(self) -> int:
        """Tick of now."""
        return 1 + int((self._clock() - self._started) / self.options.period_s)

    @property
    def ports(self) -> list[int]:
        """TCP ports, one per device, or a single one."""
        if self._opcua is not None:
            return [self._opcua.port]
        return [server.port for server in self._servers]

    def status(self) -> dict[str, Any]:
        """What the ready file says; tick k is shown from ``started_us`` + (k - 1) periods on."""
        return {
            "protocol": self.options.protocol,
            "host": self.options.host,
            "ports": self.ports,
            "by": self.options.by,
            "tags": self.options.tags,
            "devices": self.options.devices,
            "period_s": self.options.period_s,
            "started_us": self.started_us,
            "namespace": NAMESPACE,
        }

    async def __aenter__(self) -> Self:
        options = self.options
        self._started, self.started_us = self._clock(), time.time_ns() // 1000
        if options.protocol == "opcua":
            peer = OpcuaPeer(
                NAMESPACE, self._variables(), host=options.host, port=options.port, before_read=self._before_read
            )
            self._opcua = await self._stack.enter_async_context(peer)
            return self
        count = options.devices if options.by == "port" else 1
        for index in range(count):
            port = options.port + index if options.port else 0
            answer = self._answer_of(index if options.by == "port" else None)
            server = MbapServer(answer, host=options.host, port=port, delay_ms=options.delay_ms)
            await server.start()
            self._servers.append(server)
            self._stack.push_async_callback(server.stop)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _answer_of(self, fixed: int | None) -> Callable[[int, int, int, int], bytes | None]:
        def answer(unit: int, function_code: int, address: int, count: int) -> bytes | None:
            device = unit - 1 if fixed is None else fixed
            return self._answer(device, function_code, address, count)

        return answer

    def _answer(self, device: int, function_code: int, address: int, count: int) -> bytes | None:
        silent_after_s = self.options.silent_after_s
        if silent_after_s is not None and self._clock() - self._started >= silent_after_s:
            return None
        if function_code not in READ_FUNCTIONS:
            return exception(function_code, ILLEGAL_FUNCTION)
        if not 0 <= device < self.options.devices:
            return exception(function_code, NO_SUCH_UNIT)
        if not self._readable(address, count):
            return exception(function_code, ILLEGAL_ADDRESS)
        self.reads += 1
        tick, image = self._images[device]
        if tick != self.tick:
            tick = self.tick
            image = registers(device, self.options.tags, tick)
            self._images[device] = (tick, image)
        data = image[address * 2 : (address + count) * 2]
        return bytes((function_code, len(data))) + data

    def _readable(self, address: int, count: int) -> bool:
        block, offset = divmod(address, BLOCK_STRIDE)
        if block >= len(self._sizes) or not 1 <= count <= COUNT_MAX or offset + count > self._sizes[block]:
            return False
        return all(last < address or first >= address + count for first, last in self.options.holes)

    def _variables(self) -> list[Variable]:
        variables = []
        for device in range(self.options.devices):
            folder = connection_id(device)
            variables += [Variable(f"{folder}.{name}", "uint32", 0, folder, name) for name in self._tick_names]
            for tag in range(self.options.tags):
                name, kind = tag_name(tag), "int16" if tag % 2 else "float32"
                first = 0 if tag % 2 else 0.0
                variables.append(Variable(f"{folder}.{name}", kind, first, folder, name))
        return variables

    def _before_read(self, _names: Sequence[str]) -> None:
        self.reads += 1
        tick = self.tick
        if tick == self._shown or self._opcua is None:
            return
        self._shown = tick
        for device in range(self.options.devices):
            folder = connection_id(device)
            self._opcua.show((f"{folder}.{name}", tick) for name in self._tick_names)
            self._opcua.show(
                (f"{folder}.{tag_name(tag)}", expected(device * TAG_STRIDE + tag, tick))
                for tag in range(self.options.tags)
            )
