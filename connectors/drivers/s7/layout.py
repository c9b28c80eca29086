"""The plan of a CPU: ranges to read, how they share messages, and what the CPU refused.

A range that the CPU refuses for its address is read in halves, so that one wrong address costs its own tag
only. In a data block the places behind its end are wrong, never those between two that are there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.driver import Plan, PlanProblem
from connectors.drivers.s7.address import Area
from connectors.drivers.s7.config import S7Config
from connectors.drivers.s7.image import Image
from connectors.drivers.s7.link import AREA_CODES, Item
from connectors.drivers.s7.targets import Target, locate
from connectors.planner import Block, Hole, Span, plan_blocks
from schemas.models.tag import TagConfig

__all__ = ["Memory", "Range", "S7Plan", "compile_plan", "messages"]

#: Place of a range's memory: area and data block.
Memory = tuple[Area, int]
#: Bytes of a read answer before and within its items: S7 header and parameters; code, kind and length.
_ANSWER_HEAD: Final = 14
_ITEM_HEAD: Final = 4
_REQUEST_HEAD: Final = 12
_REQUEST_ITEM: Final = 12


@dataclass(slots=True)
class Range:
    """Neighbouring tags read together. `refused` is the CPU's return code; asked again from `ask_at`."""

    memory: Memory
    block: Block
    refused: int | None = None
    ask_at: float = 0.0

    @property
    def place(self) -> tuple[Memory, int, int]:
        """Where it lies; the same place is refused for every tag there."""
        return self.memory, self.block.start, self.block.end

    def items(self, payload: int) -> list[Item]:
        """What to ask for: one item, or several where a long text fits no message."""
        area, number = AREA_CODES[self.memory[0]], self.memory[1]
        first, end = self.block.start, self.block.end
        return [(area, number, at, min(payload, end - at)) for at in range(first, end, payload)]

    def halves(self) -> list[Range]:
        """The same tags in two ranges; empty where all tags lie at the same place."""
        return [Range(self.memory, block) for block in self.block.halves()]


@dataclass(slots=True)
class S7Plan(Plan):
    """Plan of a CPU; its ranges change with the size of messages and with what is refused."""

    config: S7Config | None = None
    targets: dict[int, Target] = field(default_factory=dict)
    refused: dict[tuple[Memory, int, int], tuple[int, float]] = field(default_factory=dict)
    gaps: dict[Memory, list[Hole]] = field(default_factory=dict)
    unfinished: list[Range] = field(default_factory=list)
    payload: int = 0
    ranges: list[Range] = field(default_factory=list)
    image: Image | None = None

    def fit(self, pdu_size: int) -> list[Range]:
        """The ranges for messages of this size; arranged anew when another CPU answers than before."""
        payload = _payload(pdu_size)
        if payload != self.payload or self.image is None:
            self.payload = payload
            self.adopt(self.arrange())
        return self.ranges

    def adopt(self, ranges: list[Range]) -> Image:
        """The image of these ranges; kept for later cycles."""
        encoding = self.config.string_encoding if self.config is not None else "latin-1"
        places = [(one.block.start, one.block.count, one.block.spans) for one in ranges]
        self.ranges, self.image = ranges, Image(self.tags, self.targets, self.problems, places, encoding)
        return self.image

    def refuse(self, one: Range, code: int, again_s: float) -> None:
        """The CPU has nothing there; asked again after this long."""
        one.refused, one.ask_at = code, time.monotonic() + again_s
        self.refused[one.place] = code, one.ask_at

    def postpone(self, one: Range, code: int) -> None:
        """There was no time to find what is wrong in this range: the search goes on there in the next cycle."""
        one.refused, one.ask_at = code, 0.0
        self.unfinished.append(one)

    def accept(self, one: Range) -> None:
        """What was refused is there now."""
        one.refused = None
        self.refused.pop(one.place, None)

    def learn_gap(self, left: Range, right: Range) -> None:
        """Both halves of a refused range were answered: what lies between is not to be read along."""
        if right.block.start > left.block.end:
            self.gaps.setdefault(left.memory, []).append((left.block.end, right.block.start))

    def arrange(self) -> list[Range]:
        """The fewest ranges by all that is known; a refused place stands alone."""
        if self.config is None:
            return []
        apart = {span.index for one in self.unfinished for span in one.block.spans}
        by_memory: dict[Memory, list[Span]] = {}
        for index, target in self.targets.items():
            if index in apart:
                continue
            by_memory.setdefault((target.area, target.block), []).append(Span(index, target.start, target.size))
        out: list[Range] = []
        alone: dict[tuple[Memory, int, int], list[Span]] = {}
        for memory, spans in sorted(by_memory.items()):
            rest = []
            for span in spans:
                place = memory, span.start, span.end
                if place in self.refused:
                    alone.setdefault(place, []).append(span)
                else:
                    rest.append(span)
            # A text longer than a message is a range of its own length, read in several items.
            longest = max([self.payload, *(span.count for span in rest)])
            holes = [hole for hole in self.gaps.get(memory, []) if not any(_meets(span, hole) for span in rest)]
            blocks = plan_blocks(rest, gap_max=self.config.gap_max, length_max=longest, holes=holes)
            out += [Range(memory, block) for block in blocks]
        for place, spans in sorted(alone.items()):
            out.append(Range(place[0], Block.around(spans), *self.refused[place]))
        return out + self.unfinished


def compile_plan(config: S7Config, tags: Sequence[TagConfig]) -> S7Plan:
    """Plan for these tags; all that cannot be read are in its problems."""
    targets: dict[int, Target] = {}
    problems: list[PlanProblem] = []
    for index, tag in enumerate(tags):
        found = locate(tag, index)
        if isinstance(found, Target):
            targets[index] = found
        else:
            problems.append(found)
    return S7Plan(tuple(tags), tuple(problems), config, targets)


def messages(ranges: Sequence[Range], pdu_size: int, items_max: int) -> list[list[tuple[Range, Item]]]:
    """Items grouped so that neither a request nor its answer is longer than a message may be."""
    payload = _payload(pdu_size)
    most = max(1, min(items_max, (pdu_size - _REQUEST_HEAD) // _REQUEST_ITEM))
    out: list[list[tuple[Range, Item]]] = []
    used = pdu_size
    for one in ranges:
        for item in one.items(payload):
            takes = _ITEM_HEAD + item[3] + item[3] % 2
            if not out or len(out[-1]) >= most or used + takes > pdu_size:
                out.append([])
                used = _ANSWER_HEAD
            out[-1].append((one, item))
            used += takes
    return out


def _payload(pdu_size: int) -> int:
    """Most bytes of one item, an even number: items are filled up to one."""
    return (pdu_size - _ANSWER_HEAD - _ITEM_HEAD) // 2 * 2


def _meets(span: Span, hole: Hole) -> bool:
    return span.start < hole[1] and hole[0] < span.end
