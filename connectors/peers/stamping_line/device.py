"""The line on the network: one Modbus unit and one OPC UA folder per press, from the same values."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from connectors.peers.opcua_peer import OpcuaPeer, Variable
from connectors.peers.registers import encode_text, encode_value, register_count
from connectors.peers.stamping_line.control import LOOPBACK, ControlPort
from connectors.peers.stamping_line.line import PRESSES, Line
from connectors.peers.stamping_line.press import Press
from connectors.peers.stamping_line.signals import FAST, SIGNALS, Signal
from connectors.peers.stamping_line.truth import Truth

__all__ = ["BASE_STRIDE", "NAMESPACE", "LineOptions", "StampingLine", "encode_press"]

NAMESPACE = "urn:interlock:stamping-line"
BASE_STRIDE = 100  # press N keeps its registers from (N - 1) × 100 on, in unit N
TICK_S = 0.1
SLOW_TICKS = 10
SAVE_TICKS = 100
_WORDS = [signal for signal in SIGNALS if signal.bit is None]
_BITS = [
    signal for signal in SIGNALS if signal.bit is not None and signal.name.split("_")[0] not in ("alarm", "warning")
]
_BIT_REGISTER = 3


@dataclass(frozen=True)
class LineOptions:
    """How to serve. ``time_factor`` runs the line faster than the wall clock.

    With ``truth`` the line's counters and state are kept beside it (``<name>.state``), as a PLC keeps
    them, so that a restart of the simulator is not a reset of its counters. With ``control_token``
    set-points may be written at the control port.
    """

    host: str = "127.0.0.1"
    modbus_port: int = 0
    opcua_port: int = 0
    seed: int = 1
    time_factor: float = 1.0
    truth: Path | None = None
    control_port: int = 0
    control_token: str = field(default="", repr=False)


def encode_press(press: Press, signals: Sequence[Signal]) -> list[tuple[int, list[int]]]:
    """Register offset and words of each of these signals; bits are gathered in their status word."""
    words = []
    for signal in signals:
        value = signal.get(press)
        if signal.type == "string":
            words.append((signal.register, encode_text(value, signal.length)))
        else:
            raw = round(value / signal.scale) if signal.scale is not None else value
            words.append((signal.register, encode_value(signal.type, raw)))
    return words


class StampingLine:
    """The line and its two servers; an async context manager.

    States, pulses and counters change ten times a second, the rest once; both servers change in the same
    step, so a reader of either sees the same line. Only values that changed are touched.
    """

    def __init__(self, options: LineOptions | None = None) -> None:
        self.options = options or LineOptions()
        self._truth = Truth(self.options.truth) if self.options.truth is not None else None
        self.line = Line(self.options.seed, self._truth.watch if self._truth is not None else None)
        if self.options.truth is not None:
            self.line.restore(self._saved_path(self.options.truth))
        self._by_name = {press.name: press for press in self.line.presses}
        self._stack = AsyncExitStack()
        self._units = [self._unit(index) for index in range(len(self.line.presses))]
        self._modbus = ModbusPeer(self._units, host=self.options.host, port=self.options.modbus_port)
        self._opcua = OpcuaPeer(
            NAMESPACE,
            self._variables(),
            host=self.options.host,
            port=self.options.opcua_port,
            on_write=self._write_node,
        )
        token = self.options.control_token
        self.control = ControlPort(self._by_name, token, _accept, self.options.control_port) if token else None
        self._shown: dict[str, Any] = {}
        self._ticks = 0

    @property
    def modbus_port(self) -> int:
        """TCP port of the Modbus server."""
        return self._modbus.port

    @property
    def opcua_url(self) -> str:
        """Endpoint of the OPC UA server."""
        return self._opcua.url

    def status(self) -> dict[str, Any]:
        """What the ready file says."""
        control = {} if self.control is None else {"control": {"host": LOOPBACK, "port": self.control.port}}
        return control | {
            "modbus": {
                "host": self.options.host,
                "port": self.modbus_port,
                "units": [1, 2, 3],
                "base_stride": BASE_STRIDE,
            },
            "opcua": {"url": self.opcua_url, "port": self._opcua.port, "namespace": NAMESPACE},
            "machines": list(PRESSES),
            "tags": len(SIGNALS) * len(PRESSES),
            "seed": self.options.seed,
        }

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._modbus)
        await self._stack.enter_async_context(self._opcua)
        if self.control is not None:
            await self._stack.enter_async_context(self.control)
        if self._truth is not None:
            self._stack.callback(self._truth.close)
            for press in self.line.presses:
                self._truth.watch(press)
            self._truth.flush()
            self._stack.callback(self._save)
        await self._publish(slow=True)
        self._stack.push_async_callback(_cancel, asyncio.create_task(self._run()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    @staticmethod
    def _saved_path(truth: Path) -> Path:
        return truth.with_name(truth.name + ".state")

    def _save(self) -> None:
        if self.options.truth is not None:
            self.line.save(self._saved_path(self.options.truth))

    async def _run(self) -> None:
        before = time.monotonic()
        while True:
            await asyncio.sleep(TICK_S)
            now = time.monotonic()
            # A suspended machine resumes where it was: an hour is not made up in one step.
            self.line.advance(min(now - before, 5.0) * self.options.time_factor)
            before = now
            self._ticks += 1
            slow = self._ticks % SLOW_TICKS == 0
            await self._publish(slow=slow)
            if slow and self._truth is not None:
                self._truth.flush()
            if self._ticks % SAVE_TICKS == 0:
                self._save()

    async def _publish(self, *, slow: bool) -> None:
        changed: list[tuple[str, Any]] = []
        for index, press in enumerate(self.line.presses):
            mine = self._changes(press, slow)
            self._put(self._units[index], index * BASE_STRIDE, press, [signal for signal, _ in mine])
            changed += [(f"{press.name}.{signal.name}", value) for signal, value in mine]
        self._opcua.show(changed)
        # Up to here nothing was awaited: both servers went from one state of the line to the next.
        await self._opcua.notify([identifier for identifier, _ in changed])

    def _changes(self, press: Press, slow: bool) -> list[tuple[Signal, Any]]:
        changes = []
        for signal in SIGNALS:
            if signal.scan_ms == FAST or slow:
                value = _opcua_value(signal, signal.get(press))
                key = f"{press.name}.{signal.name}"
                if self._shown.get(key) != value:
                    self._shown[key] = value
                    changes.append((signal, value))
        return changes

    def _put(self, unit: RegisterUnit, base: int, press: Press, changed: Sequence[Signal]) -> None:
        words = [signal for signal in changed if signal.bit is None]
        for offset, registers in encode_press(press, words):
            unit.put(base + offset, registers)
        if len(words) != len(changed):
            status = sum(1 << (signal.bit or 0) for signal in _BITS if signal.get(press))
            unit.put(base + _BIT_REGISTER, [status])

    def _unit(self, index: int) -> RegisterUnit:
        taken = sorted({(s.register, register_count(s.type, s.length)) for s in _WORDS} | {(_BIT_REGISTER, 1)})
        ranges: list[list[int]] = []
        for register, count in taken:
            if ranges and ranges[-1][0] + ranges[-1][1] == register:
                ranges[-1][1] += count
            else:
                ranges.append([register, count])
        base = index * BASE_STRIDE
        press = self.line.presses[index]

        def write(address: int, words: Sequence[int]) -> bool:
            return self._write_registers(press, address - base, words)

        return RegisterUnit(index + 1, [(base + first, count) for first, count in ranges], on_write=write)

    def _variables(self) -> list[Variable]:
        return [
            Variable(
                f"{press.name}.{signal.name}", signal.opcua, _opcua_value(signal, signal.get(press)),
                press.name, signal.name, signal.writable is not None,
            )
            for press in self.line.presses
            for signal in SIGNALS
        ]  # fmt: skip

    def _write_registers(self, press: Press, offset: int, words: Sequence[int]) -> bool:
        for signal in SIGNALS:
            if signal.register == offset and signal.writable and len(words) == register_count(signal.type):
                form = ">f" if signal.type == "float32" else ">I"
                value = struct.unpack(form, struct.pack(f">{len(words)}H", *words))[0]
                return _accept(press, signal, value)
        return False

    def _write_node(self, identifier: str, value: Any) -> bool:
        machine, _, name = identifier.partition(".")
        signal = next(signal for signal in SIGNALS if signal.name == name)
        return isinstance(value, int | float) and _accept(self._by_name[machine], signal, value)


def _accept(press: Press, signal: Signal, value: float) -> bool:
    low, high = signal.writable or (0.0, -1.0)
    if not low <= value <= high:
        return False
    setattr(press, signal.name, int(value) if signal.type == "uint32" else float(value))
    return True


def _opcua_value(signal: Signal, value: Any) -> Any:
    if signal.opcua == "float64":
        # Four digits more than are shown: noise below that would make every value "changed".
        return round(float(value), (signal.decimals or 0) + 4)
    return value if isinstance(value, str | bool) else int(value)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
