"""Whether a Modbus device says by itself what its registers are (SunSpec): at most three short requests tell."""

from __future__ import annotations

from edge_agent.commissioning.modbus_line import RawLine
from edge_agent.configuration.sunspec import BASES, MARKER

__all__ = ["BASES", "sunspec_place"]


async def sunspec_place(line: RawLine, unit: int) -> int | None:
    """The holding register where the description begins; None where there is none, or the device is silent."""
    for base in BASES:
        answer = await line.ask(unit, "holding", base, len(MARKER))
        if answer.outcome == "data" and answer.words == list(MARKER):
            return base
        if answer.outcome not in ("data", "exception"):
            return None
    return None
