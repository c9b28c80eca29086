"""The plan of a controller: which tags are read together, in which messages, and what the controller refused.

Elements of one array are read as one range. A range that the controller refuses for its address is read in halves,
so that one wrong element costs its own tag only.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from connectors.driver import Plan, PlanProblem
from connectors.drivers.ethernet_ip.cip import Status
from connectors.drivers.ethernet_ip.config import EthernetIpConfig
from connectors.drivers.ethernet_ip.image import Image
from connectors.drivers.ethernet_ip.messages import READ, READ_ON, Answer, Data, pack, path_of
from connectors.drivers.ethernet_ip.targets import Target, locate
from connectors.planner import Block, Span, plan_blocks
from schemas.models.tag import TagConfig

__all__ = ["LogixPlan", "Place", "Range", "compile_plan", "messages"]

#: Name of the array in small letters, first element and the one after the last; of a single tag 0 and 1.
Place = tuple[str, int, int]
#: Bytes of a message around its parts: number, service and path or status, count; and of each part its place.
_MESSAGE_HEAD: Final = 2 + 6 + 2
_PART_PLACE: Final = 2
#: Service, status and type of an answer.
_ANSWER_HEAD: Final = 4 + 4
_COUNT: Final = 2


@dataclass(slots=True)
class Range:
    """Tags read by one request. `refused` is the controller's status; asked again from `ask_at`."""

    target: Target
    block: Block
    refused: Status | None = None
    ask_at: float = 0.0
    #: Bytes of its answer as last seen; `long` where it takes several messages.
    length: int = 0
    long: bool = False
    path: bytes = b""

    def __post_init__(self) -> None:
        self.path = path_of(self.target.at(self.block.start))
        self.length = self.length or self.block.count * self.target.size_guess

    @property
    def place(self) -> Place:
        """Where it lies; the same place is refused for every tag there."""
        return self.target.key, self.block.start, self.block.end

    @property
    def name(self) -> str:
        """For people."""
        first = self.target.at(self.block.start)
        return first if self.block.count == 1 else f"{first} to [{self.block.end - 1}]"

    def request(self) -> bytes:
        """What asks for all of it."""
        return pack(READ, self.path, "<H", self.block.count)

    def request_from(self, offset: int) -> bytes:
        """What asks for the bytes from one on."""
        return pack(READ_ON, self.path, "<HI", self.block.count, offset)

    def halves(self) -> list[Range]:
        """The same tags in two ranges; empty where all tags lie at the same place."""
        return [Range(self.target, block) for block in self.block.halves()]


@dataclass(slots=True)
class LogixPlan(Plan):
    """Plan of a controller; its ranges change with what is refused, its image with the types that come."""

    config: EthernetIpConfig | None = None
    targets: dict[int, Target] = field(default_factory=dict)
    refused: dict[Place, tuple[Status, float]] = field(default_factory=dict)
    size: int = 0
    ranges: list[Range] = field(default_factory=list)
    image: Image | None = None

    def fit(self, size: int) -> list[Range]:
        """The ranges for messages of this size; arranged anew when another controller answers than before."""
        if size != self.size:
            self.size = size
            self.ranges = self.arrange()
        return self.ranges

    def image_of(self, answers: Sequence[tuple[Range, Answer]]) -> Image:
        """The image for answers of these types and lengths; kept for later cycles."""
        shape = tuple(
            (one.place, answer.code, len(answer.data)) if isinstance(answer, Data) else (one.place, -1, 0)
            for one, answer in answers
        )
        if self.image is None or self.image.shape != shape:
            encoding = self.config.string_encoding if self.config is not None else "latin-1"
            blocks = [one.block for one, _ in answers]
            self.image = Image(self.tags, self.targets, self.problems, blocks, shape, encoding)
        return self.image

    def refuse(self, one: Range, status: Status, again_s: float) -> None:
        """The controller has nothing there; asked again after this long."""
        one.refused, one.ask_at = status, time.monotonic() + again_s
        self.refused[one.place] = status, one.ask_at

    def accept(self, one: Range) -> None:
        """What was refused is there now."""
        one.refused = None
        self.refused.pop(one.place, None)

    def arrange(self) -> list[Range]:
        """The fewest ranges by all that is known; a refused place stands alone."""
        if self.config is None:
            return []
        by_key: dict[str, list[Span]] = {}
        for index, target in self.targets.items():
            by_key.setdefault(target.key, []).append(Span(index, target.element, 1))
        out: list[Range] = []
        for key, spans in by_key.items():
            alone: dict[Place, list[Span]] = {}
            rest = []
            for span in spans:
                place = key, span.start, span.end
                if place in self.refused:
                    alone.setdefault(place, []).append(span)
                else:
                    rest.append(span)
            guess = max(self.targets[span.index].size_guess for span in spans)
            longest = max(1, (self.size - _MESSAGE_HEAD - _PART_PLACE - _ANSWER_HEAD) // guess)
            blocks = plan_blocks(rest, gap_max=self.config.gap_max, length_max=longest)
            out += [Range(self._widest(block), block) for block in blocks]
            for place, kept in alone.items():
                block = Block.around(kept)
                out.append(Range(self._widest(block), block, *self.refused[place]))
        return out

    def _widest(self, block: Block) -> Target:
        return max((self.targets[span.index] for span in block.spans), key=lambda target: target.size_guess)


def compile_plan(config: EthernetIpConfig, tags: Sequence[TagConfig]) -> LogixPlan:
    """Plan for these tags; all that cannot be read are in its problems."""
    targets: dict[int, Target] = {}
    problems: list[PlanProblem] = []
    for index, tag in enumerate(tags):
        found = locate(tag, index)
        if isinstance(found, Target):
            targets[index] = found
        else:
            problems.append(found)
    return LogixPlan(tuple(tags), tuple(problems), config, targets)


def messages(ranges: Sequence[Range], size: int, items_max: int) -> list[list[Range]]:
    """Ranges grouped so that neither a request nor its answer is longer than a message may be."""
    out: list[list[Range]] = []
    asked = answered = size
    for one in ranges:
        asks = _PART_PLACE + 1 + len(one.path) + _COUNT
        answers = _PART_PLACE + _ANSWER_HEAD + one.length
        if not out or len(out[-1]) >= items_max or asked + asks > size or answered + answers > size:
            out.append([])
            asked = answered = _MESSAGE_HEAD
        out[-1].append(one)
        asked += asks
        answered += answers
    return out
