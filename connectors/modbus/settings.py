"""Settings of a Modbus unit that hold on every line."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from connectors.character_set import CharacterSet
from connectors.modbus.address import Table, parse_range
from connectors.planner import Hole
from schemas.models.base import Document
from schemas.models.tag import ByteOrder

__all__ = ["ModbusSettings"]

ByteOrder8 = Literal["ABCDEFGH", "BADCFEHG", "CDABGHEF", "DCBAHGFE", "EFGHABCD", "FEHGBADC", "GHEFCDAB", "HGFEDCBA"]


class ModbusSettings(Document):
    """What one unit is called and what it can bear; each driver adds how its line is reached."""

    unit: int = Field(default=1, ge=0, le=255, description="Unit id; behind a gateway the device's number.")
    timeout_ms: int = Field(default=1000, ge=10, le=60_000, description="Longest wait for an answer, ms.")
    byte_order: ByteOrder = Field(
        default="ABCD", description="Order of the bytes of 4- and 8-byte values, A the most significant."
    )
    byte_order_8: ByteOrder8 | None = Field(
        default=None, description="Order of 8-byte values where it is not the same as byte_order's."
    )
    string_encoding: CharacterSet = Field(
        default="utf-8", description="Character set of strings, for example ascii, latin-1 or gbk."
    )
    block_registers_max: int = Field(default=125, ge=1, le=125, description="Most registers in one request.")
    block_bits_max: int = Field(default=2000, ge=1, le=2000, description="Most coils or inputs in one request.")
    gap_max: int = Field(
        default=16, ge=0, le=124, description="Registers without a tag that are read along to save a request."
    )
    gap_bits_max: int = Field(
        default=256, ge=0, le=1999, description="Coils or inputs without a tag that are read along."
    )
    holes: tuple[str, ...] = Field(
        default=(),
        max_length=1000,
        description="Ranges that must never be requested, for example holding:100-110.",
    )
    write_multiple: bool = Field(
        default=False,
        description="Write single values with functions 15 and 16 too, for devices without 5 and 6.",
    )

    @field_validator("holes")
    @classmethod
    def _ranges(cls, holes: tuple[str, ...]) -> tuple[str, ...]:
        for hole in holes:
            parse_range(hole)
        return holes

    def holes_of(self, table: Table) -> tuple[Hole, ...]:
        """Declared holes of a table as `[from, to)`."""
        return tuple((start, end) for of, start, end in map(parse_range, self.holes) if of == table)
