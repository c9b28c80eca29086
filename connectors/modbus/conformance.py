"""The device the Modbus drivers are proven against: pymodbus' own server, with TCP or RTU frames."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from pymodbus.constants import ExcCodes

from connectors.decode import encode, register_count
from connectors.modbus.address import parse_address
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["ModbusDevicePeer"]

REGISTERS = 1000
_FORMATS = {"int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q", "uint64": ">Q"}
_FLOATS = {"float32": ">f", "float64": ">d"}


class _FaultyUnit(RegisterUnit):
    """A unit whose `faulty` register answers "server device failure"."""

    faulty: int | None = None

    async def _action(
        self,
        function_code: int,
        start_address: int,
        address: int,
        count: int,
        current_registers: list[int],
        set_values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        if self.faulty is not None and address <= self.faulty < address + count:
            return ExcCodes.DEVICE_FAILURE
        return await super()._action(function_code, start_address, address, count, current_registers, set_values)


class ModbusDevicePeer:
    """Holding registers 0 to 999 of unit 1; each tag gets the next free ones."""

    host = "127.0.0.1"

    rtu = False

    def __init__(self) -> None:
        self._unit = _FaultyUnit(1, [(0, REGISTERS)], on_write=self._accept)
        self._server = ModbusPeer([self._unit], rtu=self.rtu)
        self._next = 0
        self._wrong = REGISTERS + 100
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._server.__aenter__()
        self.port = self._server.port
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.__aexit__(kind, error, trace)

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """The next free registers."""
        address = self._next
        self._next += register_count(data_type, more.get("length"))
        return TagConfig(name=name, type=data_type, address=f"holding:{address}", **more)

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """Registers that are not there, near enough to share a request."""
        self._wrong += 3
        return TagConfig(name=name, type=data_type, address=f"holding:{self._wrong}")

    def impossible_tag(self, name: str) -> TagConfig:
        """No table of Modbus."""
        return TagConfig(name=name, type="int16", address="memory:12")

    def put(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Set the registers."""
        self._set(tag, encode(value, tag.type, length=tag.length or 0))

    def get(self, tag: TagConfig) -> float | int | bool | str:
        """Value of the registers, by the standard library alone."""
        data = self._bytes(tag)
        if tag.type == "string":
            return data.split(b"\0")[0].decode("utf-8")
        if tag.type == "bool":
            return any(data)
        number: float | int = struct.unpack({**_FORMATS, **_FLOATS}[tag.type], data)[0]
        return number

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """Any bytes fit registers."""
        self._set(tag, data.ljust((tag.length or 0) + (tag.length or 0) % 2, b"\0"))
        return True

    def fault(self, tag: TagConfig) -> Quality | None:
        """Exception 4 for every request that touches the tag."""
        self._unit.faulty = parse_address(tag.address)[1]
        return Quality.DEVICE_ERROR

    def _bytes(self, tag: TagConfig) -> bytes:
        address = parse_address(tag.address)[1]
        words = self._unit.registers[address : address + register_count(tag.type, tag.length)]
        return struct.pack(f">{len(words)}H", *words)

    def _set(self, tag: TagConfig, data: bytes) -> None:
        self._unit.put(parse_address(tag.address)[1], struct.unpack(f">{len(data) // 2}H", data))

    def _accept(self, _address: int, _values: Sequence[int]) -> bool:
        return True
