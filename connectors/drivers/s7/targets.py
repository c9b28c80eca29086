"""Where a tag lies and how its bytes are meant, or why it cannot be read."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.decode import register_count, word_order
from connectors.driver import PlanProblem
from connectors.drivers.s7.address import BYTE_MAX, Address, Area, parse_address, types_of
from schemas.models.tag import TagConfig
from schemas.quality import Quality

__all__ = ["Target", "locate"]

_HINT = "Write DB1.DBX0.3, DB10.DBW2, DB10.DBD4:REAL, DB1.STRING20, M10.0, MW4, IW0 or QB1."
#: Bytes before the characters: longest and present length, one byte each, in WSTRING two.
TEXT_HEAD = {"STRING": 2, "WSTRING": 4}


@dataclass(frozen=True, slots=True)
class Target:
    """`size` bytes from `start` of an area; `name` is the S7 type, "" where only the width is known."""

    area: Area
    block: int
    start: int
    size: int
    name: str
    order: str = "ABCD"
    bit: int | None = None

    @property
    def is_text(self) -> bool:
        """STRING or WSTRING."""
        return self.name in TEXT_HEAD


def locate(tag: TagConfig, index: int = 0) -> Target | PlanProblem:
    """The tag's place, or the problem with its address."""

    def refuse(message: str, hint: str, quality: Quality = Quality.BAD_ADDRESS) -> PlanProblem:
        return PlanProblem(index, quality, f"{tag.name}: {message}", hint)

    try:
        address = parse_address(tag.address)
    except ValueError as error:
        return refuse(str(error), _HINT)
    possible = types_of(address)
    if tag.type not in possible:
        return refuse(
            f"'{tag.address}' cannot be read as {tag.type}",
            f"Use type {' or '.join(possible)}, or another address.",
            Quality.TYPE_MISMATCH,
        )
    if address.length is not None and address.length != tag.length:
        return refuse(
            f"'{tag.address}' says {address.length} characters, the tag {tag.length}",
            "Give the same length.",
            Quality.TYPE_MISMATCH,
        )
    if tag.bit is not None and (address.width not in (1, 2) or tag.bit >= 8 * address.width):
        return refuse("bit picks from a byte or word", "Write DB1.DBX0.3 instead.", Quality.TYPE_MISMATCH)
    order = tag.order or "ABCD"
    if tag.order is not None and address.width < 2:
        return refuse("a bit, byte or text has no byte order", "Leave out order.", Quality.TYPE_MISMATCH)
    if address.width >= 2:
        try:
            word_order(register_count(tag.type), order)
        except ValueError as error:
            return refuse(str(error), "Leave out order: an S7 is big-endian.", Quality.TYPE_MISMATCH)
    size = _size(address, tag)
    if address.start + size > BYTE_MAX + 1:
        return refuse(f"it reaches past byte {BYTE_MAX}", "Check address and type.")
    return Target(address.area, address.block, address.start, size, address.name, order, address.bit)


def _size(address: Address, tag: TagConfig) -> int:
    if address.bit is not None:
        return 1
    if address.name in TEXT_HEAD:
        width = 2 if address.name == "WSTRING" else 1
        return TEXT_HEAD[address.name] + width * (tag.length or 0)
    return address.width
