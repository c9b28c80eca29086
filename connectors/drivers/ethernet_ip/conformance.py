"""The controller the EtherNet/IP driver is proven against: our own, which shares no code with the driver."""

from __future__ import annotations

import struct
from types import TracebackType
from typing import Any, Final, Self

from connectors.drivers.ethernet_ip.testing.controller import Controller
from connectors.drivers.ethernet_ip.testing.tags import ATOMIC, STRING, Tag, structure
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Peer"]

_ELEMENTS: Final = 8
_TYPES: Final[dict[str, str]] = {
    "bool": "BOOL", "int16": "INT", "uint16": "UINT", "int32": "DINT", "uint32": "UDINT", "int64": "LINT",
    "uint64": "ULINT", "float32": "REAL", "float64": "LREAL",
}  # fmt: skip
_NO_RESOURCES: Final = 0x02


class Peer:
    """Tags of each type in turn: alone, in a program, an element of an array, a member of a structure."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self._controller = Controller(size_max=500)
        self._places: dict[str, tuple[Tag, int]] = {}
        self._made = 0
        self._wrong = 0
        self.port = 0

    async def __aenter__(self) -> Self:
        await self._controller.__aenter__()
        self.port = self._controller.port
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._controller.__aexit__(kind, error, trace)

    def config(self, host: str, port: int, timeout_ms: int) -> dict[str, Any]:
        """Settings of the driver; small messages, so that a plan takes several."""
        return {
            "host": host, "port": port, "timeout_ms": timeout_ms, "connection_size_max": 150,
            "string_encoding": "utf-8",
        }  # fmt: skip

    def tag(self, name: str, data_type: DataType, **more: Any) -> TagConfig:
        """A new tag of this type, every time in another kind of place."""
        self._made += 1
        of = STRING if data_type == "string" else ATOMIC[_TYPES[data_type]]
        title, tags = f"{data_type}_{self._made}", self._controller.tags
        place = self._made % 4
        if place == 0:
            address, at = title, 0
            tag = tags.add(title, of)
        elif place == 1:
            address, at = f"Program:Main.{title}", 0
            tag = tags.add(address, of)
        elif place == 2 and data_type != "bool":
            address, at = f"{title}[3]", 3 * of.size
            tag = tags.add(title, of, _ELEMENTS)
        else:
            unit = structure(
                f"Unit{self._made}", 0x100 + self._made, self._made, [("Head", ATOMIC["SINT"], 0), ("V", of, 0)]
            )
            address, at = f"{title}.v", unit.member("V").offset
            tag = tags.add(title, unit)
        self._places[address] = tag, at
        return TagConfig(name=name, type=data_type, address=address, **more)

    def wrong_tag(self, name: str, data_type: DataType) -> TagConfig:
        """A tag that is not there, and an element behind the end of an array."""
        self._wrong += 1
        if self._wrong % 2:
            return TagConfig(name=name, type=data_type, address=f"Nothing_{self._wrong}.Here")
        self._controller.tags.add(f"Short_{self._wrong}", ATOMIC["INT"], 2)
        return TagConfig(name=name, type=data_type, address=f"Short_{self._wrong}[2]")

    def impossible_tag(self, name: str) -> TagConfig:
        """No name of a Logix controller."""
        return TagConfig(name=name, type="int16", address="N7:0/3")

    def put(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Set the memory."""
        if tag.type == "string":
            self.put_text_bytes(tag, str(value).encode("utf-8"))
            return
        of, at = self._places[tag.address]
        struct.pack_into(ATOMIC[_TYPES[tag.type]].form, of.memory, at, value)

    def get(self, tag: TagConfig) -> float | int | bool | str:
        """What the memory says, by the standard library alone."""
        of, at = self._places[tag.address]
        if tag.type == "string":
            used = struct.unpack_from("<i", of.memory, at)[0]
            return of.memory[at + 4 : at + 4 + used].decode("utf-8")
        value: float | int = struct.unpack_from(ATOMIC[_TYPES[tag.type]].form, of.memory, at)[0]
        return bool(value) if tag.type == "bool" else value

    def put_text_bytes(self, tag: TagConfig, data: bytes) -> bool:
        """Any bytes are a text's."""
        of, at = self._places[tag.address]
        struct.pack_into("<i", of.memory, at, len(data))
        of.memory[at + 4 : at + 4 + len(data)] = data
        return True

    def fault(self, tag: TagConfig) -> Quality | None:
        """A controller that has no resources left for this tag."""
        self._controller.services.forced[tag.address.lower()] = _NO_RESOURCES, None
        return Quality.DEVICE_ERROR
