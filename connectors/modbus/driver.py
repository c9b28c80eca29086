"""The driver of one Modbus unit, whatever the line: coils, discrete inputs, input and holding registers, in blocks."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import NoReturn, TypeVar

import numpy as np
from pymodbus.pdu import ExceptionResponse, ModbusPDU

from connectors.decode import encode
from connectors.diagnostics.frames import Frame
from connectors.driver import Driver, Plan, Reading
from connectors.modbus import words
from connectors.modbus.client import BytesReply
from connectors.modbus.layout import Layout, ModbusPlan, Request, Target, compile_plan, locate
from connectors.modbus.line import SILENCE_MAX, Call, Line, ReplyT
from connectors.modbus.settings import ModbusSettings
from schemas.errors import AuthError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import FROM_MODBUS_EXCEPTION, Quality

SettingsT = TypeVar("SettingsT", bound=ModbusSettings)

_MASK_WRITE = 22
#: Exceptions that speak of the addresses asked for: reading less may work.
_ADDRESS_EXCEPTIONS = frozenset({2, 3})
#: An address the device refused is asked for again after this long, then after twice as long, at most ten minutes: it
#: may have been a device starting up, and a wrong address should cost nothing.
REFUSED_AGAIN_S = 10.0
REFUSED_AGAIN_MAX_S = 600.0
#: What was learned of a device's gaps and block length is put to the test again after this long.
LEARNED_S = 600.0
#: Refused blocks halved in one cycle; the search goes on in the next.
SPLITS_MAX = 128
_DEVICE_OBJECTS = {0: "vendor", 1: "product", 2: "version", 4: "product_name", 5: "model"}

Answer = bytes | Quality


class _Refused(Exception):
    """The device does not have what a request asked for, says this exception code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class ModbusDriver(Driver[SettingsT]):
    """One unit; one request at a time on its line. A subclass says which line that is."""

    def __init__(self, config: SettingsT) -> None:
        super().__init__(config)
        self._line: Line | None = None
        self._splits_left = 0
        self._timeout_s = config.timeout_ms / 1000

    @property
    def rtu(self) -> bool:
        """Whether frames are those of a serial line."""
        return True

    @abstractmethod
    def take_line(self) -> Line:
        """The line, with this driver as one user more; raises ConnectError, AuthError."""

    async def connect(self) -> None:
        """Open the line, or join those who have it open."""
        await self.close()
        line = self.take_line()
        try:
            await line.open(self._timeout_s)
        except BaseException:
            line.release()
            raise
        self._line = line

    async def close(self) -> None:
        """Leave the line; the last one closes it."""
        line, self._line = self._line, None
        if line is not None:
            line.release()

    def plan(self, tags: Sequence[TagConfig]) -> ModbusPlan:
        """Blocks by the gaps, lengths and holes of the settings."""
        return compile_plan(self.config, tags)

    async def read(self, plan: Plan) -> list[Reading]:
        """Read all blocks; a block that fails makes only its own tags bad."""
        if not isinstance(plan, ModbusPlan) or plan.layout is None:
            raise TypeError("the plan is not of this driver")
        plan.forget_after(LEARNED_S)
        layout = plan.layout
        answers: list[tuple[Request, Answer, int]] = []
        changed = False
        now = time.monotonic()
        self._splits_left = SPLITS_MAX
        for request in layout.requests:
            if request.refused is not None and request.refused.ask_at > now:
                answers.append((request, Quality.BAD_ADDRESS, time.time_ns() // 1000))
                continue
            was_refused, parts = request.refused is not None, await self._read_block(plan, request)
            answers += parts
            changed = changed or len(parts) > 1 or was_refused != (parts[0][0].refused is not None)
        if changed:
            # This cycle's answers as they came; the next one by what they taught.
            layout = plan.adopt([request for request, _, _ in answers])
        readings = self._decode(layout, answers)
        if changed:
            plan.adopt(plan.arrange())
        return readings

    async def write(self, tag: TagConfig, value: float | int | bool | str) -> None:
        """Write a coil (function 5 or 15), registers (6 or 16) or one bit of a register (22).

        A bit is never written by reading and writing the whole register: what the device changes in between would be
        undone.
        """
        target = locate(self.config, tag)
        if not isinstance(target, Target):
            raise WriteRejected("modbus.address", target.message, hint=target.hint)
        if target.table not in ("coil", "holding"):
            raise WriteRejected("modbus.read_only", f"{tag.name}: {target.table} cannot be written")
        function, call = self._write_call(tag, target, value)
        reply = await self._answer(function, call)
        if reply is None:
            raise ConnectError("modbus.timeout", f"{tag.name}: no answer to the write; its outcome is unknown")
        if isinstance(reply, ExceptionResponse):
            self.tap.refused(reply.exception_code, f"{target.table}:{target.address}")
            unknown = function == _MASK_WRITE and reply.exception_code == 1
            raise WriteRejected(
                "modbus.exception", f"{tag.name}: the device refused with exception {reply.exception_code}",
                hint="It cannot change one bit alone (function 22): write the whole register." if unknown else "",
            )  # fmt: skip
        if reply.address != target.address:
            self._lose(self._linked().distrust(self.config.unit, self._timeout_s))

    def _write_call(
        self, tag: TagConfig, target: Target, value: float | int | bool | str
    ) -> tuple[int, Call[ModbusPDU]]:
        """Function code and call."""
        unit, many = self.config.unit, self.config.write_multiple
        if target.table == "coil":
            if isinstance(value, str):
                raise WriteRejected("modbus.value", f"{tag.name}: text cannot be written to a coil")
            on = bool(value)
            if many:
                return 15, lambda client: client.write_coils(target.address, [on], device_id=unit)
            return 5, lambda client: client.write_coil(target.address, on, device_id=unit)
        if tag.bit is not None:
            return _MASK_WRITE, self._mask_call(tag.bit, target, tag, value)
        words = self._words(tag, target, value)
        if len(words) == 1 and not many:
            return 6, lambda client: client.write_register(target.address, words[0], device_id=unit)
        return 16, lambda client: client.write_registers(target.address, words, device_id=unit)

    def _mask_call(self, bit: int, target: Target, tag: TagConfig, value: float | int | bool | str) -> Call[ModbusPDU]:
        """Modbus Application Protocol V1.1b3 §6.16: (present AND and_mask) OR (or_mask AND NOT and_mask)."""
        if isinstance(value, str) or value not in (0, 1):
            raise WriteRejected("modbus.value", f"{tag.name}: a bit is true or false")
        mask = 1 << bit  # bits are those of the register as it comes, whatever the order of numbers
        return lambda client: client.mask_write_register(
            address=target.address, and_mask=0xFFFF ^ mask, or_mask=mask if value else 0, device_id=self.config.unit
        )

    async def probe(self) -> dict[str, str]:
        """What the device says of itself (function 43/14), as far as it does."""
        unit = self.config.unit
        reply = await self._answer(
            43, lambda client: client.read_device_information(read_code=1, object_id=0, device_id=unit)
        )
        facts = {"endpoint": self._linked().port.name, "unit": str(unit)}
        for number, text in getattr(reply, "information", {}).items():
            if number in _DEVICE_OBJECTS and isinstance(text, bytes):
                facts[_DEVICE_OBJECTS[number]] = text.decode("utf-8", "replace")[:200]
        return facts

    async def _read_block(self, plan: ModbusPlan, request: Request) -> list[tuple[Request, Answer, int]]:
        """Answers to a request, or to its parts where the device refuses the whole."""
        try:
            answer = await self._ask(request)
        except _Refused as refusal:
            halves = request.halves()
            if halves and self._splits_left <= 0:
                return [(request, Quality.BAD_ADDRESS, time.time_ns() // 1000)]
            self._splits_left -= 1
            if not halves:
                plan.refuse(request, refusal.code, REFUSED_AGAIN_S, REFUSED_AGAIN_MAX_S)
                return [(request, Quality.BAD_ADDRESS, time.time_ns() // 1000)]
            left, right = [await self._read_block(plan, half) for half in halves]
            if len(left) == len(right) == 1 and isinstance(left[0][1], bytes) and isinstance(right[0][1], bytes):
                plan.learn(request.table, halves[0].block, halves[1].block)
            return left + right
        if isinstance(answer, bytes) and request.refused is not None:
            plan.accept(request)
        return [(request, answer, time.time_ns() // 1000)]

    async def _ask(self, request: Request) -> Answer:
        frame = request.frame_for(self.config.unit, rtu=self.rtu)
        reply = await self._answer(frame.function, lambda client: client.read(frame), request.size + 5)
        if isinstance(reply, bytes):
            return reply
        if reply is None:
            return Quality.TIMEOUT
        if isinstance(reply, ExceptionResponse):
            self.tap.refused(reply.exception_code, request.place)
            if reply.exception_code in _ADDRESS_EXCEPTIONS:
                raise _Refused(reply.exception_code)
            return FROM_MODBUS_EXCEPTION.get(reply.exception_code, Quality.DEVICE_ERROR)
        if not (isinstance(reply, BytesReply) and len(reply.payload) == request.size):
            self._lose(self._linked().distrust(self.config.unit, self._timeout_s))
        return reply.payload

    async def _answer(self, function: int, call: Call[ReplyT], answer_bytes: int = 256) -> ReplyT | None:
        """The reply to this function, an exception too, or None if none came in time.

        Raises ConnectError if the link or the unit is gone, or what came is the answer to something else.
        """
        line, unit = self._linked(), self.config.unit
        try:
            reply = await line.ask(unit, call, self._timeout_s, answer_bytes, tap=self.tap)
        except (ConnectError, AuthError) as error:
            self._lose(error)
        except asyncio.CancelledError:
            if line.port.rtu:  # what was given up may still be answered: whoever goes on begins with connect()
                await self.close()
            raise
        if line.silences(unit) >= SILENCE_MAX or (reply is None and line.port.rtu):
            self._lose(line.silent(unit, self._timeout_s))
        if isinstance(reply, ModbusPDU) and reply.function_code & 0x7F != function:
            self._lose(line.distrust(unit, self._timeout_s))
        return reply

    def read_frames(self, frames: Sequence[Frame]) -> list[str]:
        """Frames in words."""
        return words.read_rtu(frames) if self.rtu else words.read_tcp(frames)

    def _decode(self, layout: Layout, answers: Sequence[tuple[Request, Answer, int]]) -> list[Reading]:
        place = layout.image
        image = bytearray(place.size)
        quality = place.quality.copy()
        ts = np.full(len(quality), answers[-1][2] if answers else time.time_ns() // 1000, dtype="<i8")
        for number, (_, answer, at) in enumerate(answers):
            ts[number] = at
            if isinstance(answer, bytes):
                offset = place.offsets[number]
                image[offset : offset + len(answer)] = answer
            else:
                quality[number] = answer
        return [Reading(columns) for columns in place.decoder.decode(image, quality, ts)]

    def _words(self, tag: TagConfig, target: Target, value: float | int | bool | str) -> list[int]:
        try:
            data = encode(value, tag.type, target.order, length=tag.length or 0, encoding=self.config.string_encoding)
        except (ValueError, UnicodeEncodeError) as error:
            raise WriteRejected("modbus.value", f"{tag.name}: {error}") from error
        return np.frombuffer(data, dtype=">u2").tolist()  # type: ignore[no-any-return]

    def _lose(self, error: ConnectError | AuthError) -> NoReturn:
        line, self._line = self._line, None
        if line is not None:
            line.release()
        raise error

    def _linked(self) -> Line:
        if self._line is None:
            raise ConnectError("modbus.link", "there is no link to the device")
        return self._line
