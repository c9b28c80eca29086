"""Modbus TCP: coils, discrete inputs, input and holding registers of one unit, read in blocks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

from connectors.decode import encode
from connectors.diagnostics.frames import Frame
from connectors.driver import Driver, Plan, Reading
from connectors.drivers.modbus_tcp.client import BytesReply, LinkedClient
from connectors.drivers.modbus_tcp.config import ModbusTcpConfig
from connectors.drivers.modbus_tcp.layout import Layout, ModbusPlan, Request, Target, compile_plan, locate
from connectors.modbus import words
from schemas.errors import ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import FROM_MODBUS_EXCEPTION, Quality

_REQUESTS: dict[int, type[ModbusPDU]] = {
    1: ReadCoilsRequest,
    2: ReadDiscreteInputsRequest,
    3: ReadHoldingRegistersRequest,
    4: ReadInputRegistersRequest,
}
#: Exceptions that speak of the addresses asked for: reading less may work.
_ADDRESS_EXCEPTIONS = frozenset({2, 3})
#: An address the device refused is asked for again after this long.
REFUSED_AGAIN_S = 10.0
#: What was learned of a device's gaps and block length is put to the test again after this long.
LEARNED_S = 600.0
#: This many requests in a row without an answer: the device is gone, not the address wrong.
SILENCE_MAX = 2
#: Refused blocks halved in one cycle; the search goes on in the next.
SPLITS_MAX = 128
_DEVICE_OBJECTS = {0: "vendor", 1: "product", 2: "version", 4: "product_name", 5: "model"}

Answer = bytes | Quality


class _Refused(Exception):
    """The device does not have what a request asked for."""


class ModbusTcpDriver(Driver[ModbusTcpConfig]):
    """One unit of a Modbus TCP device or gateway; one request at a time."""

    config_model = ModbusTcpConfig

    def __init__(self, config: ModbusTcpConfig) -> None:
        super().__init__(config)
        self._client: LinkedClient | None = None
        self._silent = 0
        self._splits_left = 0
        self._rtu = config.framing == "rtu"

    async def connect(self) -> None:
        """Open the TCP link; a client is made anew each time, so nothing of an old link remains."""
        await self.close()
        config = self.config
        client = LinkedClient(config.host, config.port, config.timeout_ms / 1000, self.line, rtu=self._rtu)
        if not await client.connect():
            client.close()
            raise ConnectError(
                "modbus.connect",
                f"no Modbus TCP connection to {self.config.host}:{self.config.port}",
                hint="Check address, port, cable and whether the device allows another connection.",
            )
        self._client, self._silent = client, 0

    async def close(self) -> None:
        """Close the link."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

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
            if request.refused is not None and request.ask_at > now:
                answers.append((request, request.refused, time.time_ns() // 1000))
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
        """Write a coil (function 5 or 15) or registers (6 or 16)."""
        target = locate(self.config, tag)
        if not isinstance(target, Target):
            raise WriteRejected("modbus.address", target.message, hint=target.hint)
        if target.table not in ("coil", "holding"):
            raise WriteRejected("modbus.read_only", f"{tag.name}: {target.table} cannot be written")
        if tag.bit is not None:
            raise WriteRejected(
                "modbus.bit",
                f"{tag.name}: a bit of a register cannot be written alone",
                hint="Write the whole register.",
            )
        client, unit = self._linked(), self.config.unit
        many = self.config.write_multiple
        if target.table == "coil":
            if isinstance(value, str):
                raise WriteRejected("modbus.value", f"{tag.name}: text cannot be written to a coil")
            on = bool(value)
            call = (
                client.write_coils(target.address, [on], device_id=unit)
                if many
                else client.write_coil(target.address, on, device_id=unit)
            )
        else:
            words = self._words(tag, target, value)
            call = (
                client.write_register(target.address, words[0], device_id=unit)
                if len(words) == 1 and not many
                else client.write_registers(target.address, words, device_id=unit)
            )
        reply = await self._answer(client, call)
        if reply is None:
            raise ConnectError("modbus.timeout", f"{tag.name}: no answer to the write; its outcome is unknown")
        if isinstance(reply, ExceptionResponse):
            self.line.refused(reply.exception_code, f"{target.table}:{target.address}")
            raise WriteRejected(
                "modbus.exception", f"{tag.name}: the device refused with exception {reply.exception_code}"
            )

    async def probe(self) -> dict[str, str]:
        """What the device says of itself (function 43/14), as far as it does."""
        client = self._linked()
        call = client.read_device_information(read_code=1, object_id=0, device_id=self.config.unit)
        reply = await self._answer(client, call)
        facts = {"endpoint": f"{self.config.host}:{self.config.port}", "unit": str(self.config.unit)}
        for number, text in getattr(reply, "information", {}).items():
            if number in _DEVICE_OBJECTS and isinstance(text, bytes):
                facts[_DEVICE_OBJECTS[number]] = text.decode("utf-8", "replace")[:200]
        return facts

    async def _read_block(self, plan: ModbusPlan, request: Request) -> list[tuple[Request, Answer, int]]:
        """Answers to a request, or to its parts where the device refuses the whole."""
        known = plan.learned[request.table]
        place = (request.block.start, request.block.end)
        try:
            answer = await self._ask(request)
        except _Refused:
            halves = request.halves()
            if halves and self._splits_left <= 0:
                return [(request, Quality.BAD_ADDRESS, time.time_ns() // 1000)]
            self._splits_left -= 1
            if not halves:
                request.refused, request.ask_at = Quality.BAD_ADDRESS, time.monotonic() + REFUSED_AGAIN_S
                known.refused[place] = (request.refused, request.ask_at)
                return [(request, request.refused, time.time_ns() // 1000)]
            left, right = [await self._read_block(plan, half) for half in halves]
            if len(left) == len(right) == 1 and isinstance(left[0][1], bytes) and isinstance(right[0][1], bytes):
                plan.learn(request.table, halves[0].block, halves[1].block)
            return left + right
        if isinstance(answer, bytes) and request.refused is not None:
            request.refused = None
            known.refused.pop(place, None)
        return [(request, answer, time.time_ns() // 1000)]

    async def _ask(self, request: Request) -> Answer:
        client = self._linked()
        block = request.block
        pdu = _REQUESTS[request.function](address=block.start, count=block.count, dev_id=self.config.unit)
        reply = await self._answer(client, client.execute(False, pdu))
        if reply is None:
            self._silent += 1
            if self._silent >= SILENCE_MAX:
                self._lose("the device does not answer")
            return Quality.TIMEOUT
        self._silent = 0
        if isinstance(reply, ExceptionResponse):
            self.line.refused(reply.exception_code, request.place)
            if reply.exception_code in _ADDRESS_EXCEPTIONS:
                raise _Refused
            return FROM_MODBUS_EXCEPTION.get(reply.exception_code, Quality.DEVICE_ERROR)
        if not (
            isinstance(reply, BytesReply)
            and reply.function_code == request.function
            and len(reply.payload) == request.size
            and reply.transaction_id == pdu.transaction_id
        ):
            # An answer to something else: whatever follows on this link cannot be trusted either.
            self._lose("the device sent an answer that does not belong to the request")
        return reply.payload

    async def _answer(self, client: LinkedClient, call: Any) -> ModbusPDU | None:
        """The reply, or None if none came in time. Raises ConnectError if the link is gone.

        An RTU frame does not say which request it answers: one that comes late would be taken for the answer to the
        next request of the same length. So a link on which an answer is still owed, or more came than was asked for,
        is not used again.
        """
        if client.unasked:
            call.close()
            self._lose("more came than was asked for: what follows cannot be told apart")
        began = self.line.began()
        try:
            reply: ModbusPDU = await call
        except (ConnectionException, OSError) as error:
            self.line.broke(began)
            self._lose(str(error))
        except asyncio.CancelledError:
            self.line.broke(began)
            if self._rtu:
                client.close()
            raise
        except (TimeoutError, ModbusException):
            if not client.connected or client.half_read():
                self.line.broke(began)
                self._lose("the link broke in an answer")
            self.line.timed_out(began)
            if self._rtu:
                self._lose("the device did not answer in time")
            return None
        else:
            self.line.answered(began)
            return reply

    def read_frames(self, frames: Sequence[Frame]) -> list[str]:
        """Frames in words."""
        return words.read_rtu(frames) if self._rtu else words.read_tcp(frames)

    def _decode(self, layout: Layout, answers: Sequence[tuple[Request, Answer, int]]) -> list[Reading]:
        image = bytearray(layout.size)
        quality = layout.quality.copy()
        ts = np.full(len(quality), answers[-1][2] if answers else time.time_ns() // 1000, dtype="<i8")
        for number, (_, answer, at) in enumerate(answers):
            ts[number] = at
            if isinstance(answer, bytes):
                offset = layout.offsets[number]
                image[offset : offset + len(answer)] = answer
            else:
                quality[number] = answer
        return [Reading(columns) for columns in layout.decoder.decode(image, quality, ts)]

    def _words(self, tag: TagConfig, target: Target, value: float | int | bool | str) -> list[int]:
        try:
            data = encode(value, tag.type, target.order, length=tag.length or 0, encoding=self.config.string_encoding)
        except (ValueError, UnicodeEncodeError) as error:
            raise WriteRejected("modbus.value", f"{tag.name}: {error}") from error
        return np.frombuffer(data, dtype=">u2").tolist()  # type: ignore[no-any-return]

    def _lose(self, reason: str) -> NoReturn:
        client, self._client = self._client, None
        if client is not None:
            client.close()
        raise ConnectError("modbus.link", f"{self.config.host}:{self.config.port}: {reason}")

    def _linked(self) -> LinkedClient:
        if self._client is None or not self._client.connected:
            raise ConnectError("modbus.link", f"no link to {self.config.host}:{self.config.port}")
        return self._client
