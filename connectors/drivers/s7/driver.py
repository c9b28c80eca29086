"""Siemens S7 (S7-300, 400, 1200, 1500) by PUT/GET: data blocks, flags, inputs and outputs, read in blocks."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from connectors.decode import encode
from connectors.diagnostics.frames import Frame
from connectors.driver import Driver, Plan, Reading
from connectors.drivers.s7.answers import ACCESS_ERRORS, ADDRESS_CODES, ADDRESS_ERRORS, GOOD, meaning, quality_of
from connectors.drivers.s7.config import S7Config
from connectors.drivers.s7.frames import in_words
from connectors.drivers.s7.layout import Memory, Range, S7Plan, compile_plan, messages
from connectors.drivers.s7.link import AREA_CODES, Item, Link, Refused
from connectors.drivers.s7.targets import TEXT_HEAD, Target, locate
from schemas.errors import AuthError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig

#: An address the CPU refused is asked for again after this long.
REFUSED_AGAIN_S: Final = 10.0
#: And one that it could not read for a fault of its own.
FAULT_AGAIN_S: Final = 1.0
#: Refused ranges halved in one cycle; the search goes on in the next.
SPLITS_MAX: Final = 128
#: Refused places named by `probe`.
NAMED_MAX: Final = 20
#: Bytes of a write request beside its data: header, parameters, kind and length.
_WRITE_HEAD: Final = 28
_INVALID_ADDRESS: Final = 0x05
_NO_SUCH_CODE: Final = 0x01

Value = float | int | bool | str
#: Bytes of a range, or the return code it was refused with.
Answer = bytes | int


@dataclass(slots=True)
class _Cycle:
    """What one read has brought: the ranges as they came, with answer and time (µs UTC)."""

    answers: list[tuple[Range, Answer, int]] = field(default_factory=list)
    pairs: list[tuple[Range, Range]] = field(default_factory=list)
    splits_left: int = SPLITS_MAX
    changed: bool = False


class S7Driver(Driver[S7Config]):
    """One CPU, one request at a time."""

    config_model = S7Config

    def __init__(self, config: S7Config) -> None:
        super().__init__(config)
        self._link: Link | None = None
        self._refused: dict[tuple[Memory, int, int], int] = {}

    async def connect(self) -> None:
        """Open the link; a new one each time, so nothing of an old link remains."""
        await self.close()
        link = Link(self.config, self.tap)
        await link.open()  # what fails is closed
        self._link = link

    async def close(self) -> None:
        """Close the link."""
        link, self._link = self._link, None
        if link is not None:
            link.close()

    def plan(self, tags: Sequence[TagConfig]) -> S7Plan:
        """Where the tags lie; how they share messages is settled when the CPU says how long those may be."""
        return compile_plan(self.config, tags)

    async def read(self, plan: Plan) -> list[Reading]:
        """Read all ranges; one that the CPU refuses makes only its own tags bad."""
        if not isinstance(plan, S7Plan):
            raise TypeError("the plan is not of this driver")
        link, cycle = self._linked(), _Cycle()
        now = time.monotonic()
        waiting: list[Range] = []
        ranges = plan.fit(link.pdu_size)
        cycle.changed = bool(plan.unfinished)
        plan.unfinished = []
        for one in ranges:
            if one.refused is not None and one.ask_at > now:
                cycle.answers.append((one, one.refused, time.time_ns() // 1000))
                self._refused[one.place] = one.refused
            else:
                waiting.append(one)
        while waiting:
            waiting = await self._round(link, plan, waiting, cycle)
        if not cycle.changed and len(cycle.answers) > 1:
            order = {id(one): number for number, one in enumerate(plan.ranges)}
            cycle.answers.sort(key=lambda got: order[id(got[0])])
        readings = self._decode(plan, cycle)
        if cycle.changed:
            # This cycle's answers as they came; the next one by what they taught.
            good = {id(one) for one, answer, _ in cycle.answers if isinstance(answer, bytes)}
            for left, right in cycle.pairs:
                if id(left) in good and id(right) in good:
                    plan.learn_gap(left, right)
            plan.adopt(plan.arrange())
        return readings

    async def write(self, tag: TagConfig, value: Value) -> None:
        """Write one bit, number or text; never to inputs."""
        target = locate(tag)
        if not isinstance(target, Target):
            raise WriteRejected("s7.address", target.message, hint=target.hint)
        if target.area == "I":
            raise WriteRejected("s7.read_only", f"{tag.name}: inputs cannot be written")
        if tag.bit is not None:
            raise WriteRejected(
                "s7.bit",
                f"{tag.name}: a bit of a word cannot be written so",
                hint="Use its own address, as DB1.DBX0.3.",
            )
        data = _bytes(tag, target, value, self.config.string_encoding)
        link = self._linked()
        if len(data) > link.pdu_size - _WRITE_HEAD:
            raise WriteRejected("s7.value", f"{tag.name}: the text is longer than a message to this CPU may be")
        area, start = AREA_CODES[target.area], target.start
        try:
            if target.is_text:
                await self._check_room(link, tag, target, data)
                start += TEXT_HEAD[target.name] // 2  # the longest length stays as the CPU has it
            if target.bit is not None:
                code = await link.write(area, target.block, start * 8 + target.bit, data, bit=True)
            else:
                code = await link.write(area, target.block, start, data)
        except Refused as error:
            raise WriteRejected("s7.refused", f"{tag.name}: the CPU refuses the write ({error})") from error
        except ConnectError as error:
            raise ConnectError(error.code, f"{tag.name}: {error.message}; the outcome is unknown") from error
        if code != GOOD:
            raise WriteRejected("s7.refused", f"{tag.name}: the CPU refuses the write: {meaning(code)}")

    async def probe(self) -> dict[str, str]:
        """What the CPU says of itself, and the places it refused in the last reads, with the reason."""
        link, config = self._linked(), self.config
        facts = {
            "endpoint": f"{config.host}:{config.port}",
            "rack_slot": f"{config.rack}/{config.slot}",
            "pdu_size": str(link.pdu_size),
        }
        try:
            facts |= await link.names()
        except Refused:
            facts["model"] = "not told"
        named = sorted(self._refused.items())[:NAMED_MAX]
        return facts | {f"refused {_named(*place)}": meaning(code) for place, code in named}

    def read_frames(self, frames: Sequence[Frame]) -> list[str]:
        """Messages in words."""
        return in_words(frames)

    async def _round(self, link: Link, plan: S7Plan, waiting: list[Range], cycle: _Cycle) -> list[Range]:
        """Ask for these ranges; what is left to ask are the halves of refused ones."""
        halves_left: list[Range] = []
        for one, answer, at in await self._fetch(link, waiting):
            if isinstance(answer, bytes):
                if one.refused is not None:  # among them a postponed one, of which nothing is kept
                    plan.accept(one)
                    self._refused.pop(one.place, None)
                    cycle.changed = True
                cycle.answers.append((one, answer, at))
                continue
            self.tap.refused(f"0x{answer:02X}", _named(*one.place))
            halves = one.halves()
            if halves and cycle.splits_left > 0:
                cycle.splits_left -= 1
                cycle.changed = True
                cycle.pairs.append((halves[0], halves[1]))
                halves_left += halves
                continue
            if halves:
                cycle.changed = True
                plan.postpone(one, answer)
            else:
                cycle.changed = cycle.changed or one.refused is None
                plan.refuse(one, answer, REFUSED_AGAIN_S if answer in ADDRESS_CODES else FAULT_AGAIN_S)
                self._refused[one.place] = answer
            cycle.answers.append((one, answer, at))
        return halves_left

    async def _fetch(self, link: Link, ranges: Sequence[Range]) -> list[tuple[Range, Answer, int]]:
        """Each range's bytes, or the code of the first of its items that was refused."""
        parts: dict[int, tuple[bytearray, list[int], int]] = {}
        for group in messages(ranges, link.pdu_size, self.config.items_max):
            answers = await self._ask(link, [item for _, item in group])
            at = time.time_ns() // 1000
            for (one, _), answer in zip(group, answers, strict=True):
                data, codes, _ = parts.get(id(one), (bytearray(), [], 0))
                if isinstance(answer, bytes):
                    data += answer
                else:
                    codes.append(answer)
                parts[id(one)] = data, codes, at
        out: list[tuple[Range, Answer, int]] = []
        for one in ranges:
            data, codes, at = parts[id(one)]
            out.append((one, codes[0] if codes else bytes(data), at))
        return out

    async def _ask(self, link: Link, items: Sequence[Item]) -> list[Answer]:
        try:
            return await link.read(items)
        except Refused as error:
            if error.code in ACCESS_ERRORS:
                raise AuthError(
                    "s7.access",
                    f"the CPU at {self.config.host} refuses access to its data ({error}): PUT/GET is not permitted, "
                    "or it is protected",
                    hint="In the CPU's properties, Protection & Security: permit PUT/GET communication from remote "
                    "partners, and full access; then download the hardware configuration.",
                ) from error
            if len(items) == 1:
                return [_INVALID_ADDRESS if error.code in ADDRESS_ERRORS else _NO_SUCH_CODE]
        # Some CPUs refuse a message for one item in it: which, they tell when asked for each alone.
        return [(await self._ask(link, [item]))[0] for item in items]

    def _decode(self, plan: S7Plan, cycle: _Cycle) -> list[Reading]:
        image = plan.adopt([one for one, _, _ in cycle.answers]) if cycle.changed else plan.image
        if image is None:
            return []
        quality = image.quality.copy()
        ts = np.full(len(quality), time.time_ns() // 1000, dtype="<i8")
        for number, (_, answer, at) in enumerate(cycle.answers):
            ts[number] = at
            if not isinstance(answer, bytes):
                quality[number] = quality_of(answer)
        data = [answer if isinstance(answer, bytes) else None for _, answer, _ in cycle.answers]
        return [Reading(columns) for columns in image.decode(data, quality, ts)]

    async def _check_room(self, link: Link, tag: TagConfig, target: Target, data: bytes) -> None:
        """The text must fit what the block has, or it would run over what lies behind it."""
        head = TEXT_HEAD[target.name]
        answer = (await link.read([(AREA_CODES[target.area], target.block, target.start, head)]))[0]
        if not isinstance(answer, bytes):
            raise WriteRejected("s7.refused", f"{tag.name}: the CPU refuses the write: {meaning(answer)}")
        longest = int.from_bytes(answer[: head // 2], "big")
        used = int.from_bytes(data[: head // 2], "big")
        if used > longest:
            raise WriteRejected(
                "s7.value", f"{tag.name}: the text has {used} characters, the block has room for {longest}"
            )

    def _linked(self) -> Link:
        if self._link is None:
            raise ConnectError("s7.link", f"no link to {self.config.host}:{self.config.port}")
        return self._link


def _bytes(tag: TagConfig, target: Target, value: Value, encoding: str) -> bytes:
    """The bytes to write; of a text its present length and characters. Raises WriteRejected."""
    try:
        if target.is_text:
            wide = target.name == "WSTRING"
            body = str(value).encode("utf-16-be" if wide else encoding)
            used = len(body) // 2 if wide else len(body)
            if used > (tag.length or 0):
                raise ValueError(f"the text takes {used} characters, the field has {tag.length}")
            return used.to_bytes(2 if wide else 1, "big") + body
        if target.bit is not None:
            return encode(value, "bool")[1:]
        plain = encode(value, tag.type, target.order)
        return plain if target.size > 1 else _byte(tag, target, value)
    except (ValueError, UnicodeEncodeError) as error:
        raise WriteRejected("s7.value", f"{tag.name}: {error}") from error


def _byte(tag: TagConfig, target: Target, value: Value) -> bytes:
    signed = target.name == "SINT"
    number = int(bool(value)) if tag.type == "bool" else int(value)
    low, high = (-128, 127) if signed else (0, 255)
    if not low <= number <= high:
        raise ValueError(f"{value} does not fit {target.name or 'a byte'}")
    return number.to_bytes(1, "big", signed=signed)


def _named(memory: Memory, start: int, end: int) -> str:
    area, block = memory
    return f"{f'DB{block}' if area == 'DB' else area} bytes {start} to {end - 1}"
