"""Which Modbus addresses answer: tables, ranges, holes and the longest block; and which units on a line.

It only reads, one request at a time, with a pause after each, so that a device keeps time for its own work and for
whoever else asks it. Where a block is refused it is halved until the holes are known or the requests are used up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from connectors.modbus.address import BIT_TABLES, Table
from edge_agent.commissioning.modbus_line import Answer, RawLine

__all__ = ["TABLES", "Progress", "TableScan", "UnitFound", "scan_table", "scan_units"]

TABLES: Final[tuple[Table, ...]] = ("holding", "input", "coil", "discrete")
#: Exceptions by which a gateway says that there is nobody (MODBUS Application Protocol V1.1b3 §7).
NO_UNIT: Final = frozenset({10, 11})
_REFUSED: Final = frozenset({2, 3})
_BLOCK = 100
_BLOCK_MAX: Final = {True: 2000, False: 125}
#: Requests in a row without an answer: the device is gone or overloaded, and is left alone.
_SILENT_MAX = 3
#: Registers in a row that were refused one by one: the next ones are not halved any more, as they are hardly there.
_DESERT = 16


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan is: `done` of `whole` addresses (or units), after so many requests."""

    what: str
    done: int
    whole: int
    requests: int


@dataclass(slots=True)
class TableScan:
    """One table between `first` and `last`. Ranges are first and last address, both included."""

    table: Table
    first: int
    last: int
    found: list[tuple[int, int]] = field(default_factory=list)
    #: Ranges not known: the requests were used up, or the device did not answer.
    unknown: list[tuple[int, int]] = field(default_factory=list)
    requests: int = 0
    #: Most registers or bits the device gave in one answer, and the fewest it refused although each one is there.
    block_good: int = 0
    block_refused: int | None = None
    #: Why the scan ended early; empty where it did not.
    ended: str = ""

    @property
    def holes(self) -> list[tuple[int, int]]:
        """Ranges between found ones that the device refuses."""
        unknown = {address for first, last in self.unknown for address in range(first, last + 1)}
        between = zip(self.found, self.found[1:], strict=False)
        return [(a[1] + 1, b[0] - 1) for a, b in between if not unknown & set(range(a[1] + 1, b[0]))]

    @property
    def refused(self) -> list[tuple[int, int]]:
        """Every range that the device was asked for and refused, before the first and after the last found one too."""
        if "no such table" in self.ended:
            return [(self.first, self.last)]
        out: list[tuple[int, int]] = []
        at = self.first
        for first, last in sorted([*self.found, *self.unknown, (self.last + 1, self.last + 1)]):
            if at < first:
                out.append((at, first - 1))
            at = max(at, last + 1)
        return out


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit that answers, with data or with an exception of its own."""

    unit: int
    answer: Answer


class _Scan:
    def __init__(
        self, line: RawLine, unit: int, result: TableScan, delay_ms: float, requests_max: int,
        told: Callable[[Progress], None],
    ) -> None:  # fmt: skip
        self.line, self.unit, self.result = line, unit, result
        self.delay_ms, self.requests_max, self.told = delay_ms, requests_max, told
        self.silent = 0
        self.refused = 0

    async def ask(self, first: int, count: int) -> Answer | None:
        """None where no more may be asked."""
        result = self.result
        while True:
            if result.ended:
                return None
            if result.requests >= self.requests_max:
                result.ended = f"{self.requests_max} requests are used up"
                return None
            if result.requests:
                await asyncio.sleep(self.delay_ms / 1000)
            result.requests += 1
            answer = await self.line.ask(self.unit, result.table, first, count)
            self.told(Progress(result.table, first - result.first, result.last - result.first + 1, result.requests))
            if answer.outcome in ("data", "exception"):
                self.silent = 0
                return answer
            self.silent += 1
            if self.silent >= _SILENT_MAX:
                result.ended = f"the device stopped answering at {result.table}:{first} ({answer})"

    async def block(self, first: int, count: int) -> None:
        result = self.result
        answer = await self.ask(first, count)
        if answer is None:
            result.unknown.append((first, first + count - 1))
        elif answer.outcome == "data":
            self.refused = 0
            result.found.append((first, first + count - 1))
            result.block_good = max(result.block_good, count)
        elif answer.exception == 1:
            result.ended = "the device has no such table (function not supported)"
        elif answer.exception not in _REFUSED:
            result.unknown.append((first, first + count - 1))
            if answer.exception in NO_UNIT:
                result.ended = str(answer)
        elif count > 1 and self.refused >= _DESERT:
            await self.one_by_one(first, count)
        elif count > 1:
            half = count // 2
            await self.block(first, half)
            await self.block(first + half, count - half)
        else:
            self.refused += 1

    async def one_by_one(self, first: int, count: int) -> None:
        """A refused block in a desert: halving would ask twice as often."""
        end = first + count
        while first < end and self.refused >= _DESERT:
            await self.block(first, 1)
            first += 1
        if first < end:
            await self.block(first, end - first)

    async def limit(self) -> None:
        """The longest block, within the longest range that answers whole."""
        result = self.result
        longest = max(result.found, key=lambda one: one[1] - one[0], default=(0, -1))
        good, refused = result.block_good, min(longest[1] - longest[0] + 1, _BLOCK_MAX[result.table in BIT_TABLES]) + 1
        while refused - good > 1:
            # The longest first: most devices give it, and then one request is enough.
            count = refused - 1 if result.block_refused is None else (good + refused) // 2
            answer = await self.ask(longest[0], count)
            if answer is None:
                return
            if answer.outcome == "data":
                good = result.block_good = count
            else:
                refused = result.block_refused = count


async def scan_table(
    line: RawLine, unit: int, table: Table, first: int, last: int, *, delay_ms: float = 20.0,
    requests_max: int = 2000, told: Callable[[Progress], None] = lambda _: None,
) -> TableScan:  # fmt: skip
    """Asks for `first` to `last` of a table. Raises ConnectError where no link can be opened.

    May be cancelled at any time; nothing is left behind.
    """
    result = TableScan(table, first, last)
    scan = _Scan(line, unit, result, delay_ms, requests_max, told)
    at = first
    while at <= last and not result.ended:
        count = min(_BLOCK, last - at + 1)
        await scan.block(at, count)
        at += count
    if at <= last and "no such table" not in result.ended:
        result.unknown.append((at, last))
    result.found, result.unknown = _merged(result.found), _merged(result.unknown)
    if not result.ended:
        await scan.limit()
    return result


async def scan_units(
    line: RawLine, units: Iterable[int], *, table: Table = "holding", address: int = 0, delay_ms: float = 20.0
) -> AsyncIterator[tuple[int, UnitFound | None]]:
    """Each unit with what it answered, or None. The line's time-out is the wait for each silent one."""
    for unit in units:
        answer = await line.ask(unit, table, address, 1)
        there = answer.outcome == "data" or (answer.outcome == "exception" and answer.exception not in NO_UNIT)
        yield unit, UnitFound(unit, answer) if there else None
        await asyncio.sleep(delay_ms / 1000)


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out
