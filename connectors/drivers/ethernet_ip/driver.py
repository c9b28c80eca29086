"""EtherNet/IP: tags of ControlLogix and CompactLogix controllers by their names, read many in one message."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from connectors.diagnostics.frames import Frame
from connectors.driver import BrowseItem, Driver, Plan, Reading
from connectors.drivers.ethernet_ip.browse import children
from connectors.drivers.ethernet_ip.cip import PARTIAL, Status
from connectors.drivers.ethernet_ip.config import EthernetIpConfig
from connectors.drivers.ethernet_ip.frames import in_words
from connectors.drivers.ethernet_ip.layout import LogixPlan, Place, Range, compile_plan, messages
from connectors.drivers.ethernet_ip.link import Declined, Link
from connectors.drivers.ethernet_ip.messages import (
    READ,
    READ_ON,
    SEVERAL,
    Answer,
    Data,
    check_size,
    parse_answer,
    parse_data,
    several,
    split,
)  # fmt: skip
from connectors.drivers.ethernet_ip.writing import Value, write_value
from schemas.errors import ConfigError, ConnectError
from schemas.models.tag import TagConfig

#: A tag the controller refused is asked for again after this long.
REFUSED_AGAIN_S: Final = 10.0
#: Most bytes of one range that takes several messages.
_LONG_MAX: Final = 2**20
#: Refused tags named by `probe`.
NAMED_MAX: Final = 20
_NO_SUCH_SERVICE: Final = 0x08


@dataclass(slots=True)
class _Cycle:
    """What one read has brought: answers as they came, with their time (µs UTC)."""

    answers: list[tuple[Range, Answer, int]] = field(default_factory=list)
    changed: bool = False


class EthernetIpDriver(Driver[EthernetIpConfig]):
    """One controller, one request at a time."""

    config_model = EthernetIpConfig

    def __init__(self, config: EthernetIpConfig) -> None:
        super().__init__(config)
        self._link: Link | None = None
        self._one_by_one = False
        self._refused: dict[Place, tuple[str, Status]] = {}

    async def connect(self) -> None:
        """Open the link; a new one each time, so nothing of an old link remains."""
        await self.close()
        link = Link(self.config, self.tap)
        await link.open()  # what fails is closed
        self._link = link
        self._one_by_one = False

    async def close(self) -> None:
        """Close the link."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def plan(self, tags: Sequence[TagConfig]) -> LogixPlan:
        """What is where; how tags share messages is settled when the controller says how long those may be."""
        return compile_plan(self.config, tags)

    async def read(self, plan: Plan) -> list[Reading]:
        """Read all ranges; one that the controller refuses makes only its own tags bad."""
        if not isinstance(plan, LogixPlan):
            raise TypeError("the plan is not of this driver")
        if self._linked().idle:
            await self.connect()
        link, cycle = self._linked(), _Cycle()
        now = time.monotonic()
        waiting: list[Range] = []
        for one in plan.fit(link.size):
            if one.refused is not None and one.ask_at > now:
                cycle.answers.append((one, one.refused, time.time_ns() // 1000))
                self._refused[one.place] = one.name, one.refused
            else:
                waiting.append(one)
        while waiting:
            waiting = await self._round(link, plan, waiting, cycle)
        order = {id(one): number for number, one in enumerate(plan.ranges)}
        cycle.answers.sort(key=lambda got: order.get(id(got[0]), len(order)))
        readings = self._decode(plan, cycle)
        if cycle.changed:
            plan.ranges = plan.arrange()
        return readings

    async def write(self, tag: TagConfig, value: Value) -> None:
        """Write one bit, number or text."""
        await write_value(self._linked, tag, value, self.config.string_encoding)

    async def browse(self, parent: str) -> list[BrowseItem]:
        """Programs and tags, members of structures, elements of arrays. Raises ConnectError, ConfigError."""
        try:
            tags = await self._linked().tags()
        except Declined as error:
            raise ConfigError(
                "ethernet_ip.tags",
                f"the controller at {self.config.host} does not list its tags ({error})",
                hint="Take their names from its program.",
            ) from error
        return children(tags, parent)

    async def probe(self) -> dict[str, str]:
        """What the controller says of itself, and the tags it refused in the last reads, with the reason."""
        link, config = self._linked(), self.config
        facts = {
            "endpoint": f"{config.host}:{config.port}",
            "slot": str(config.slot),
            "connection_size": str(link.size),
        }
        try:
            told = await link.identity()
            revision = told["revision"]
            facts["vendor"], facts["model"] = str(told["vendor"]), str(told["product_name"])[:60]
            facts["revision"] = f"{revision['major']}.{revision['minor']:03}"
            facts["serial_number"], facts["keyswitch"] = str(told["serial"]), str(told["keyswitch"])
            facts["program"] = (await link.program_name())[:60]
        except Declined:
            facts.setdefault("model", "not told")
        facts = {name: "".join(char for char in text if char.isprintable()) for name, text in facts.items()}
        named = sorted(self._refused.values(), key=lambda one: one[0])[:NAMED_MAX]
        return facts | {f"refused {name}": str(status) for name, status in named}

    def read_frames(self, frames: Sequence[Frame]) -> list[str]:
        """Messages in words."""
        return in_words(frames)

    async def _round(self, link: Link, plan: LogixPlan, waiting: list[Range], cycle: _Cycle) -> list[Range]:
        """Ask for these ranges; what is left to ask are the halves of refused ones."""
        left: list[Range] = []
        for one, answer, at in await self._fetch(link, waiting):
            if isinstance(answer, Data):
                if one.refused is not None:
                    plan.accept(one)
                    self._refused.pop(one.place, None)
                    cycle.changed = True
                one.length = len(answer.data)
                cycle.answers.append((one, answer, at))
                continue
            self.tap.refused(answer.code, one.name)
            halves = one.halves() if answer.lasts else []
            if halves:
                cycle.changed = True
                left += halves
                continue
            if answer.lasts:
                cycle.changed = cycle.changed or one.refused is None
                plan.refuse(one, answer, REFUSED_AGAIN_S)
            self._refused[one.place] = one.name, answer
            cycle.answers.append((one, answer, at))
        return left

    async def _fetch(self, link: Link, ranges: Sequence[Range]) -> list[tuple[Range, Answer, int]]:
        out: list[tuple[Range, Answer, int]] = []
        short = [one for one in ranges if not one.long]
        for group in messages(short, link.size, 1 if self._one_by_one else self.config.items_max):
            answers = await self._ask(link, group)
            at = time.time_ns() // 1000
            for one, answer in zip(group, answers, strict=True):
                if isinstance(answer, Data) and answer.more:
                    one.long = True
                else:
                    out.append((one, answer, at))
        for one in [one for one in ranges if one.long]:
            answer = await self._ask_long(link, one)
            out.append((one, answer, time.time_ns() // 1000))
        return out

    async def _ask(self, link: Link, group: Sequence[Range]) -> list[Answer]:
        """Each range's answer; of a message that the controller cannot answer as a whole, of its parts."""
        try:
            if len(group) == 1:
                (one,) = group
                return [parse_data(await link.ask(one.request()), READ, one.block.count)]
            answer = await link.ask(several([one.request() for one in group]))
            refusal, _, data = parse_answer(answer, SEVERAL)
            if refusal is None:
                parts = split(data, len(group))
                return [parse_data(part, READ, one.block.count) for part, one in zip(parts, group, strict=True)]
        except ValueError as error:
            link.refuse(f"the controller sent {error}")
        if refusal.general == _NO_SUCH_SERVICE:
            self._one_by_one = True
            return [(await self._ask(link, [one]))[0] for one in group]
        middle = len(group) // 2
        return await self._ask(link, group[:middle]) + await self._ask(link, group[middle:])

    async def _ask_long(self, link: Link, one: Range) -> Answer:
        """A range that fits no message, piece by piece."""
        data, code, handle = b"", -1, 0
        while len(data) <= _LONG_MAX:
            try:
                answer = parse_data(await link.ask(one.request_from(len(data))), READ_ON, one.block.count)
                if isinstance(answer, Status):
                    return answer
                if (code >= 0 and (answer.code, answer.handle) != (code, handle)) or (answer.more and not answer.data):
                    raise ValueError("pieces of an answer that do not fit together")
                code, handle, data = answer.code, answer.handle, data + answer.data
                if not answer.more:
                    check_size(code, len(data), one.block.count)
                    return Data(code, handle, data)
            except ValueError as error:
                link.refuse(f"the controller sent {error}")
        return Status(PARTIAL)

    def _decode(self, plan: LogixPlan, cycle: _Cycle) -> list[Reading]:
        image = plan.image_of([(one, answer) for one, answer, _ in cycle.answers])
        quality = image.quality.copy()
        ts = np.full(len(quality), time.time_ns() // 1000, dtype="<i8")
        remarks = {index: f"{plan.tags[index].address}: {why}" for index, why in image.misfits.items()}
        for number, (one, answer, at) in enumerate(cycle.answers):
            ts[number] = at
            if isinstance(answer, Status):
                quality[number] = answer.quality
                remarks |= {span.index: f"{plan.tags[span.index].address}: {answer}" for span in one.block.spans}
        plan.remarks = remarks
        data = [answer.data if isinstance(answer, Data) else None for _, answer, _ in cycle.answers]
        return [Reading(columns) for columns in image.decode(data, quality, ts)]

    def _linked(self) -> Link:
        if self._link is None:
            raise ConnectError("ethernet_ip.link", f"no link to {self.config.host}:{self.config.port}")
        return self._link
