"""pymodbus' client with a read path of our own before it, and answers kept as bytes: the decoder wants the image."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from pymodbus import FramerType
from pymodbus.client.base import ModbusBaseClient
from pymodbus.exceptions import ConnectionException, ModbusIOException
from pymodbus.framer import FRAMER_NAME_TO_CLASS
from pymodbus.pdu import DecodePDU, ModbusPDU
from pymodbus.pdu.bit_message import ReadCoilsRequest, ReadDiscreteInputsRequest
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest
from pymodbus.transaction import TransactionManager
from pymodbus.transport import CommParams, CommType

from connectors.diagnostics.tap import Tap
from connectors.modbus.read_frame import ReadFrame
from connectors.modbus.trace import FrameTrace

__all__ = ["BytesReply", "LinkedClient"]

#: Opens a link and puts a protocol of the factory on it, as `create_connection` of a loop does.
Create = Callable[
    [Callable[[], asyncio.BaseProtocol]], Coroutine[Any, Any, tuple[asyncio.BaseTransport, asyncio.BaseProtocol]]
]
#: Bytes of the shortest RTU frame: unit, function, check sum.
RTU_FRAME_MIN = 4

_REQUESTS: dict[int, type[ModbusPDU]] = {
    1: ReadCoilsRequest,
    2: ReadDiscreteInputsRequest,
    3: ReadHoldingRegistersRequest,
    4: ReadInputRegistersRequest,
}

_log = logging.getLogger("pymodbus.logging")
if _log.level == logging.NOTSET:
    # The library logs each stray frame and lost link; the supervisor tells a loss once, in plain words.
    _log.setLevel(logging.CRITICAL)


class BytesReply(ModbusPDU):
    """Answer to a read: `payload` is the data as sent."""

    payload: bytes = b""
    #: An RTU frame says how long it is by its byte count alone.
    rtu_byte_count_pos = 2

    def decode(self, data: bytes) -> None:
        """Take the data after its byte count; raises ModbusIOException if it is cut short."""
        if not data or len(data) - 1 != data[0]:
            raise ModbusIOException("byte count and length of an answer differ", function_code=self.function_code)
        self.payload = data[1:]

    def __str__(self) -> str:
        """Short: pymodbus formats every answer for its log, whether that is on or off."""
        return f"{type(self).__name__}({len(self.payload)} bytes)"


class _Coils(BytesReply):
    function_code = 1


class _Discretes(BytesReply):
    function_code = 2


class _Holdings(BytesReply):
    function_code = 3


class _Inputs(BytesReply):
    function_code = 4


class _Link(TransactionManager):
    """The library's protocol, which first looks whether what came is the one right answer to a read of our own.

    Only a frame that is that answer and nothing more is taken; the start of one is kept. All else goes the library's
    way as if this were not here: exceptions, other frames before it, bytes too many, a wrong check sum.
    """

    asked: tuple[ReadFrame, bytes] | None = None
    arrived: Callable[[bytes], None]

    def data_received(self, data: bytes) -> None:
        """Called by the transport with bytes that came."""
        if self.asked is None or self.response_future.done():
            super().data_received(data)
            return
        frame, head = self.asked
        so_far = self.recv_buffer + data if self.recv_buffer else data
        if len(so_far) < frame.answer_size and so_far.startswith(head[: len(so_far)]):
            self.arrived(so_far)
            self.recv_buffer = so_far
            return
        payload = frame.payload(so_far, head)
        if payload is None:
            super().data_received(data)
            return
        self.arrived(so_far)
        self.recv_buffer = b""
        self.response_future.set_result(payload)


class LinkedClient(ModbusBaseClient):
    """A client for one life of a link: it never connects again by itself and never repeats a request.

    A request under way when the link breaks fails at once; pymodbus alone would wait for its timeout. With RTU frames,
    which name no request, `unasked` tells that more came than was asked for: what follows cannot be told apart.
    `create` opens the link in place of the library.
    """

    def __init__(self, params: CommParams, *, rtu: bool = False, create: Create | None = None) -> None:
        super().__init__(
            FramerType.RTU if rtu else FramerType.SOCKET,
            0,
            params,
            self._trace,
            None,
            self._link_changed,
        )
        framer = FRAMER_NAME_TO_CLASS[FramerType.RTU if rtu else FramerType.SOCKET](DecodePDU(False))
        self.ctx = self._link = _Link(params, framer, 0, False, self._trace, None, self._link_changed)
        self._link.arrived = self._arrived
        self.serial = params.comm_type is CommType.SERIAL
        self.unasked = False
        #: Whoever asks at present, to be shown the frames.
        self.tap: Tap | None = None
        self._frames = FrameTrace()
        self._rtu = rtu
        #: Loop time at which bytes came last; a serial line rests between frames.
        self.heard_at = 0.0
        if create is not None:
            self.ctx.call_create = partial(create, self.ctx.handle_new_connection)
        if rtu:
            # Nothing is asked yet: what comes before the first request belongs to an earlier link.
            self.ctx.response_future.set_result(None)
        for reply in (_Coils, _Discretes, _Holdings, _Inputs):
            self.register(reply)

    async def open(self, timeout_s: float) -> None:
        """Opens the link. Raises OSError (TimeoutError, SSLError and SerialException are), ValueError."""
        async with asyncio.timeout(timeout_s):
            # connect() of the library does the same, but keeps the reason of a failure for itself.
            self.ctx.transport, _ = await self.ctx.call_create()

    def wait_at_most(self, timeout_s: float) -> None:
        """Longest wait for the next answer: units on one link may have their own."""
        self.ctx.comm_params.timeout_connect = timeout_s

    async def read(self, frame: ReadFrame) -> ModbusPDU | bytes:
        """The data of a right answer that came alone; else what the library made of what came.

        Raises ConnectionException if the link is gone, ModbusIOException if no answer came in time.
        """
        link = self._link
        if link.comm_params.handle_local_echo:  # which the library knows how to take away
            request = _REQUESTS[frame.function](address=frame.start, count=frame.count, dev_id=frame.unit)
            return await self.execute(False, request)  # type: ignore[no-any-return]
        if link.transport is None:
            raise ConnectionException("the device closed the link")
        loop = asyncio.get_running_loop()
        transaction = link.getNextTID()
        link.request_dev_id, link.request_transaction_id = frame.unit, transaction
        answer = link.response_future = loop.create_future()
        link.asked = (frame, frame.head(transaction))
        timer = loop.call_later(link.comm_params.timeout_connect, _give_up, answer)
        try:
            link.send(self._trace(True, frame.request(transaction)))
            reply: ModbusPDU | bytes = await answer
        except TimeoutError:
            self._count_silence()
            raise ModbusIOException("no answer in time", function_code=frame.function) from None
        finally:
            timer.cancel()
            link.asked = None
        link.count_until_disconnect = link.max_until_disconnect
        return reply

    def _count_silence(self) -> None:
        """As the library does: a link on which nobody answered several times in a row is given up."""
        if self._link.count_until_disconnect >= 0:
            self._link.count_until_disconnect -= 1
        elif not self.serial:
            self._link.connection_lost(TimeoutError("nobody answers"))

    def _arrived(self, so_far: bytes) -> None:
        """An answer to a read of our own, or the start of one."""
        if self._rtu:
            self.heard_at = asyncio.get_running_loop().time()
        if self.tap is not None and self.tap.ring is not None:
            self._frames.show(self.tap, False, so_far)

    def half_read(self) -> bool:
        """Whether part of an answer is left over, so that what follows cannot be told apart."""
        return bool(self.ctx.recv_buffer)

    def forget(self) -> None:
        """Throws away what came and was not asked for; a serial port stays open."""
        self.unasked = False
        self.ctx.recv_buffer = self.ctx.sent_buffer = b""
        if not self.ctx.response_future.done():
            self.ctx.response_future.cancel()
        port = getattr(self.ctx.transport, "sync_serial", None)
        if port is not None:
            port.reset_input_buffer()

    def _trace(self, sending: bool, data: bytes) -> bytes:
        if self.tap is not None and self.tap.ring is not None:
            self._frames.show(self.tap, sending, data)
        return self._watch(sending, data) if self._rtu else data

    def _watch(self, sending: bool, data: bytes) -> bytes:
        """Sees bytes that come when nothing is asked, or after the end of the answer; a part of one says nothing yet.

        `data` is all that is not used yet. The library takes a frame and throws away what follows it.
        """
        if sending:
            return data
        self.heard_at = asyncio.get_running_loop().time()
        if self.unasked:
            return data
        if self.ctx.response_future.done():
            self.unasked = True
        elif len(data) >= RTU_FRAME_MIN:
            reply = self.ctx.framer.decoder.lookupPduClass(data)
            size = reply.calculateRtuFrameSize(data) if reply else 0
            self.unasked = reply is None or 0 < size < len(data)
        return data

    def _link_changed(self, up: bool) -> None:
        future = self.ctx.response_future
        if not up and not future.done():
            future.set_exception(ConnectionException("the device closed the link"))
            # Nobody may be waiting; then the exception must not be reported as lost.
            future.exception()


def _give_up(answer: asyncio.Future[ModbusPDU | bytes]) -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
