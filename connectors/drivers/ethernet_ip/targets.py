"""Where a tag lies in a controller and what it should find there, or why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from connectors.driver import PlanProblem
from connectors.drivers.ethernet_ip.address import parse_address
from connectors.drivers.ethernet_ip.cip import BOOL, DWORD, STRUCTURE, TYPES, type_named
from schemas.models.tag import DataType, TagConfig
from schemas.quality import Quality

__all__ = ["Target", "locate", "misfit"]

_HINT: Final = "Write Speed, Recipe[2], Motor.Temp, Status.5, Program:Main.Count or Local:1:I.Data."
_SIZES: Final[dict[DataType, int]] = {
    "bool": 4, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8,
    "string": 88,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """`base` without its last element number; `element` of it is read, or all of it where `single`.

    `bit` of an integer, or of the double word of an array of BOOL where `packed`.
    """

    base: str
    element: int
    single: bool
    size_guess: int
    bit: int | None = None
    packed: bool = False

    @property
    def key(self) -> str:
        """The same for all tags that can be read together: names do not differ by capitals."""
        return self.base.lower() + ("" if self.single else "[]")

    def at(self, element: int) -> str:
        """The name of an element."""
        return self.base if self.single else f"{self.base}[{element}]"


def locate(tag: TagConfig, index: int = 0) -> Target | PlanProblem:
    """The tag's place, or the problem with its address."""

    def refuse(message: str, hint: str, quality: Quality = Quality.TYPE_MISMATCH) -> PlanProblem:
        return PlanProblem(index, quality, f"{tag.name}: {message}", hint)

    try:
        address = parse_address(tag.address)
    except ValueError as error:
        return refuse(str(error), _HINT, Quality.BAD_ADDRESS)
    if tag.order is not None:
        return refuse("a controller's tag has no byte order", "Leave out order.")
    if address.bit is not None and (tag.type != "bool" or tag.bit is not None):
        return refuse(f"'{tag.address}' is one bit", "Use type bool and leave out bit.")
    if tag.bit is not None and (tag.type in ("bool", "string") or tag.type.startswith("float")):
        return refuse("bit picks from a whole number", f"Write {address.text}.{tag.bit} with type bool.")
    bit = tag.bit if address.bit is None else address.bit
    size = _SIZES[tag.type]
    if tag.type == "string":
        size = max(size, 4 + (tag.length or 0))
    if len(address.index) != 1:
        return Target(address.text, 0, True, size, bit)
    (element,) = address.index
    if tag.type == "bool" and bit is None:  # the elements of an array of BOOL lie in double words
        return Target(address.base, element // 32, False, 4, element % 32, packed=True)
    return Target(address.base, element, False, size, bit)


def misfit(tag: TagConfig, target: Target, code: int) -> str:
    """Why what the controller has there cannot be the tag, "" where it can."""
    if target.packed:
        return "" if code == DWORD else f"it is no array of BOOL but {type_named(code)}"
    if tag.type == "string":
        return "" if code == STRUCTURE else f"it is no STRING but {type_named(code)}"
    if code == STRUCTURE:
        return "it is a structure; write one of its members"
    known = TYPES[code]
    if target.bit is not None:
        if code == BOOL or known.name.endswith("REAL"):
            return f"{known.name} has no bits"
        return "" if target.bit < 8 * known.size else f"{known.name} has bits 0 to {8 * known.size - 1}"
    return "" if tag.type in known.tags else f"it is {known.name}; use type {known.tags[0]}"
