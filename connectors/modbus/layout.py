"""The plan of a Modbus device: requests, where each answer lies in the image, and what was learned.

Where the device refuses a block, the driver reads its halves. What that tells (addresses that are not
there, a shorter longest block) shapes the requests of later cycles, so that one wrong address costs its
own tag only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from connectors.decode import Decoder, Field, raw_kind, register_count, word_order
from connectors.driver import Plan, PlanProblem
from connectors.modbus.address import BIT_TABLES, READ_FUNCTION, Table, parse_address
from connectors.modbus.read_frame import ReadFrame
from connectors.modbus.settings import ModbusSettings
from connectors.planner import Block, Hole, Holes, Span, plan_blocks
from schemas.models.tag import TagConfig
from schemas.quality import Quality

__all__ = ["ModbusPlan", "Request", "Target", "compile_plan", "locate"]

#: As the Modbus application protocol V1.1b3, 7, names them.
EXCEPTION_NAMES: Final = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "server device failure",
    5: "acknowledge",
    6: "server device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target device failed to respond",
}
TABLES: tuple[Table, ...] = ("coil", "discrete", "holding", "input")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a tag lies: table, first address, addresses taken, byte order."""

    table: Table
    address: int
    count: int
    order: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The device does not have a place: exception `code`; asked again from `ask_at` (monotonic s), `pause_s` later."""

    code: int
    ask_at: float
    pause_s: float

    def __str__(self) -> str:
        return f"exception {self.code} ({EXCEPTION_NAMES.get(self.code, 'not in the standard')})"


@dataclass(slots=True)
class Request:
    """One read request. `refused` is set for a tag the device does not have; `frame` once it was asked."""

    table: Table
    block: Block
    refused: Refusal | None = None
    frame: ReadFrame | None = field(default=None, compare=False, repr=False)

    @property
    def function(self) -> int:
        """Modbus function code."""
        return READ_FUNCTION[self.table]

    @property
    def size(self) -> int:
        """Bytes of a right answer."""
        return (self.block.count + 7) // 8 if self.table in BIT_TABLES else self.block.count * 2

    @property
    def place(self) -> str:
        """The addresses asked for, in words."""
        first, last = self.block.start, self.block.end - 1
        return f"{self.table}:{first}" if first == last else f"{self.table}:{first}-{last}"

    def frame_for(self, unit: int, *, rtu: bool) -> ReadFrame:
        """The frame that asks this of a unit; built once."""
        frame = self.frame
        if frame is None or frame.unit != unit or frame.rtu != rtu:
            frame = ReadFrame(unit, self.function, self.block.start, self.block.count, self.size, rtu=rtu)
            self.frame = frame
        return frame

    def halves(self) -> list[Request]:
        """The same tags in two requests; empty where all tags lie at the same place."""
        return [Request(self.table, block) for block in self.block.halves()]


@dataclass(slots=True)
class Learned:
    """What the answers told about one table."""

    length_max: int
    gaps: list[Hole] = field(default_factory=list)
    refused: dict[tuple[int, int], Refusal] = field(default_factory=dict)


class Image:
    """Where the answers of some requests lie and how they are decoded; the last blocks are the plan's problems."""

    def __init__(
        self,
        tags: Sequence[TagConfig],
        targets: Mapping[int, Target],
        problems: Sequence[PlanProblem],
        requests: Sequence[Request],
        encoding: str,
    ) -> None:
        self.offsets: list[int] = []
        fields: list[Field] = []
        size = 0
        for number, request in enumerate(requests):
            self.offsets.append(size)
            fields += [
                _field(tags[span.index], targets[span.index], span, request, number, size)
                for span in request.block.spans
            ]
            size += request.size + request.size % 2
        qualities = sorted({problem.quality for problem in problems})
        fields += [
            Field(p.index, len(requests) + qualities.index(p.quality), 0, tags[p.index].type, bit=tags[p.index].bit)
            for p in problems
        ]
        self.quality: NDArray[np.uint8] = np.array([Quality.GOOD] * len(requests) + qualities, dtype="u1")
        # Bad tags decode from here too; their value is dropped.
        self.size = max(size, 8)
        self.decoder = Decoder(fields, self.size, encoding=encoding)


@dataclass(frozen=True, slots=True)
class Layout:
    """Requests, and the image their answers make."""

    requests: list[Request]
    image: Image


@dataclass(slots=True)
class ModbusPlan(Plan):
    """Plan of a Modbus device; its layout changes as the device's holes are found."""

    targets: Mapping[int, Target] = field(default_factory=dict)
    learned: dict[Table, Learned] = field(default_factory=dict)
    config: ModbusSettings | None = None
    layout: Layout | None = None
    learned_at: float | None = None
    alike: Alike | None = None
    """Kept while a plan made of it is there."""

    def adopt(self, requests: list[Request]) -> Layout:
        """The layout of these requests; kept for later cycles."""
        encoding = self.config.string_encoding if self.config is not None else "utf-8"
        self.layout = Layout(requests, Image(self.tags, self.targets, self.problems, requests, encoding))
        self.remarks = {
            span.index: f"{one.table}:{one.block.start}: {one.refused}"
            for one in requests
            if one.refused is not None
            for span in one.block.spans
        }
        return self.layout

    def learn(self, table: Table, left: Block, right: Block) -> None:
        """Both halves of a refused block were answered: what lies between, or the length, was the reason."""
        known = self.learned[table]
        if right.start > left.end:
            known.gaps.append((left.end, right.start))
        else:
            known.length_max = min(known.length_max, max(left.count, right.count))
        if self.learned_at is None:
            self.learned_at = time.monotonic()

    def forget_after(self, seconds: float) -> None:
        """Drop what was learned about gaps and lengths that long ago: it may have been a device starting up."""
        if self.learned_at is None or time.monotonic() - self.learned_at < seconds or self.config is None:
            return
        self.learned_at = None
        for table, known in self.learned.items():
            known.gaps.clear()
            known.length_max = _length_max(self.config, table)
        self.adopt(self.arrange())

    def refuse(self, request: Request, code: int, pause_min_s: float, pause_max_s: float) -> Refusal:
        """The device does not have this place: asked again later, each time twice as much later."""
        known = self.learned[request.table].refused
        place = (request.block.start, request.block.end)
        earlier = known.get(place)
        pause_s = pause_min_s if earlier is None else min(pause_max_s, 2 * earlier.pause_s)
        request.refused = known[place] = Refusal(code, time.monotonic() + pause_s, pause_s)
        return request.refused

    def accept(self, request: Request) -> None:
        """What was refused is there now."""
        request.refused = None
        self.learned[request.table].refused.pop((request.block.start, request.block.end), None)

    def arrange(self) -> list[Request]:
        """The fewest requests by all that is known; a refused address stands alone."""
        out: list[Request] = []
        config = self.config
        if config is None:
            return out
        for table in TABLES:
            known = self.learned[table]
            spans = [Span(i, t.address, t.count) for i, t in self.targets.items() if t.table == table]
            alone = [span for span in spans if (span.start, span.end) in known.refused]
            rest = [span for span in spans if (span.start, span.end) not in known.refused]
            bad_ranges = [
                hole for hole in known.refused if not any(s.start < hole[1] and hole[0] < s.end for s in rest)
            ]
            holes = [*config.holes_of(table), *known.gaps, *bad_ranges]
            gap = config.gap_bits_max if table in BIT_TABLES else config.gap_max
            longest = max([known.length_max, *(span.count for span in rest)])
            blocks = plan_blocks(rest, gap_max=gap, length_max=longest, holes=holes)
            out += [Request(table, block) for block in blocks]
            for place in sorted({(span.start, span.end) for span in alone}):
                same = tuple(span for span in alone if (span.start, span.end) == place)
                out.append(Request(table, Block.around(same), known.refused[place]))
        return out


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Alike:
    """What the plans of machines that are read alike have in common, as those of one template have; there once."""

    tags: tuple[TagConfig, ...]
    targets: Mapping[int, Target]
    problems: tuple[PlanProblem, ...]
    blocks: tuple[tuple[Table, Block], ...]
    image: Image


#: By the settings that shape a plan and the identity of its tags, which each entry keeps.
_ALIKE: WeakValueDictionary[tuple[object, ...], Alike] = WeakValueDictionary()


def compile_plan(config: ModbusSettings, tags: Sequence[TagConfig]) -> ModbusPlan:
    """Plan for these tags; those that cannot be read are in its problems."""
    learned = {table: Learned(_length_max(config, table)) for table in TABLES}
    # A decoder remembers the texts of its machine.
    one_of_many = all(tag.type != "string" for tag in tags)
    key = (*_shape(config), *map(id, tags))
    alike = _ALIKE.get(key) if one_of_many else None
    if alike is not None:
        requests = [Request(table, block) for table, block in alike.blocks]
        return ModbusPlan(
            alike.tags, alike.problems, targets=alike.targets, learned=learned, config=config,
            layout=Layout(requests, alike.image), alike=alike,
        )  # fmt: skip
    targets, problems = _targets(config, tags)
    plan = ModbusPlan(tuple(tags), problems, targets=targets, learned=learned, config=config)
    layout = plan.adopt(plan.arrange())
    if one_of_many:
        blocks = tuple((one.table, one.block) for one in layout.requests)
        plan.alike = _ALIKE[key] = Alike(plan.tags, targets, problems, blocks, layout.image)
    return plan


def _shape(config: ModbusSettings) -> tuple[object, ...]:
    return (
        config.byte_order, config.byte_order_8, config.string_encoding, config.block_registers_max,
        config.block_bits_max, config.gap_max, config.gap_bits_max, config.holes,
    )  # fmt: skip


def _targets(config: ModbusSettings, tags: Sequence[TagConfig]) -> tuple[dict[int, Target], tuple[PlanProblem, ...]]:
    targets: dict[int, Target] = {}
    problems: list[PlanProblem] = []
    holes = {table: Holes(config.holes_of(table)) for table in TABLES}
    for index, tag in enumerate(tags):
        found = _locate(config, holes, tag, index)
        if isinstance(found, Target):
            targets[index] = found
        else:
            problems.append(found)
    return targets, tuple(problems)


def locate(config: ModbusSettings, tag: TagConfig) -> Target | PlanProblem:
    """Where a tag lies, or why it cannot be read."""
    return _locate(config, {table: Holes(config.holes_of(table)) for table in TABLES}, tag, 0)


def _locate(
    config: ModbusSettings, holes_by_table: Mapping[Table, Holes], tag: TagConfig, index: int
) -> Target | PlanProblem:

    def refuse(message: str, hint: str, quality: Quality = Quality.BAD_ADDRESS) -> PlanProblem:
        return PlanProblem(index, quality, f"{tag.name}: {message}", hint)

    try:
        table, address = parse_address(tag.address)
    except ValueError as error:
        return refuse(str(error), "Write holding:12, input:12, coil:0, discrete:0 or 40013.")
    if table in BIT_TABLES:
        if tag.type != "bool" or tag.bit is not None:
            return refuse(f"a {table} is one bit", "Use type bool, without bit.", Quality.TYPE_MISMATCH)
        count = 1
    else:
        if tag.bit is not None and register_count(tag.type) != 1:
            return refuse("bit picks from one register", "Use type bool, int16 or uint16.", Quality.TYPE_MISMATCH)
        count = register_count(tag.type, tag.length)
    if address + count > 65_536:
        return refuse("it reaches past address 65535", "Check address and type.")
    limit = _length_max(config, table)
    if count > limit:
        return refuse(f"it takes {count} registers, a request has at most {limit}", "Raise block_registers_max.")
    if holes_by_table[table].touch(address, address + count):
        return refuse("it lies in a declared hole", "Change the address or the holes.")
    order = _order(config, tag, count)
    try:
        if tag.type not in ("bool", "string"):
            word_order(count, order)
    except ValueError as error:
        return refuse(str(error), "Use ABCD, BADC, CDAB or DCBA.", Quality.TYPE_MISMATCH)
    return Target(table, address, count, order)


def _length_max(config: ModbusSettings, table: Table) -> int:
    return config.block_bits_max if table in BIT_TABLES else config.block_registers_max


def _order(config: ModbusSettings, tag: TagConfig, count: int) -> str:
    # The connection's order is of 4- and 8-byte values; a tag's own one also swaps bytes in 16 bits and text.
    if tag.order is not None:
        return tag.order
    if tag.type == "string" or count == 1:
        return "ABCD"
    if count == 4 and config.byte_order_8 is not None:
        return config.byte_order_8
    return config.byte_order


def _field(tag: TagConfig, target: Target, span: Span, request: Request, number: int, base: int) -> Field:
    distance = span.start - request.block.start
    if request.table in BIT_TABLES:
        return Field(span.index, number, base + distance // 8, "bool", bit=distance % 8, packed=True)
    length = tag.length or 0 if raw_kind(tag.type, tag.bit) == "s" else 0
    return Field(span.index, number, base + distance * 2, tag.type, target.order, tag.bit, length)
