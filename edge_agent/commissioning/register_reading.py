"""What is this register? Reads it raw from the device and lays every form beside it."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.modbus.address import BIT_TABLES
from edge_agent.commissioning.modbus_line import Answer, RawLine
from edge_agent.commissioning.register_forms import AddressForms, Form, forms_of

__all__ = ["WORDS_DEFAULT", "RegisterReading", "read_register"]

#: Enough for the longest number.
WORDS_DEFAULT = 4
_LAST_ADDRESS = 65_535


@dataclass(frozen=True, slots=True)
class RegisterReading:
    """One address: its raw words (or bits), what they may mean, and the answer they came with."""

    address: AddressForms
    answer: Answer
    words: tuple[int, ...] = ()
    bits: tuple[bool, ...] = ()
    forms: tuple[Form, ...] = ()
    #: Fewer registers than asked for could be read in one piece.
    shortened: bool = False


async def read_register(
    line: RawLine, unit: int, address: AddressForms, words: int = WORDS_DEFAULT, *, encoding: str = "utf-8"
) -> RegisterReading:
    """Reads `words` registers (or that many bits) from `address` on; where the device has fewer, as many as it has."""
    room = _LAST_ADDRESS + 1 - address.address
    wanted = max(1, min(words, room, 2000 if address.table in BIT_TABLES else 125))
    count = wanted
    answer = await line.ask(unit, address.table, address.address, count)
    while answer.outcome == "exception" and answer.exception in (2, 3) and count > 1:
        count //= 2
        answer = await line.ask(unit, address.table, address.address, count)
    if answer.outcome != "data":
        return RegisterReading(address, answer)
    short = count < wanted
    if address.table in BIT_TABLES:
        bits = tuple(bool(answer.data[place // 8] >> place % 8 & 1) for place in range(count))
        return RegisterReading(address, answer, bits=bits, shortened=short)
    found = tuple(answer.words)
    return RegisterReading(
        address, answer, found, forms=tuple(forms_of(found, text_encoding=encoding)), shortened=short
    )
