"""pymodbus' client with answers kept as bytes: the decoder wants the image, not a list of integers."""

from __future__ import annotations

import logging

from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusIOException
from pymodbus.pdu import ModbusPDU

from connectors.diagnostics.line import Line
from connectors.modbus.tap import traced

__all__ = ["BytesReply", "LinkedClient"]

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


class LinkedClient(AsyncModbusTcpClient):
    """A client for one life of a link: it never connects again by itself and never repeats a request.

    A request under way when the link breaks fails at once; pymodbus alone would wait for its timeout. With RTU frames,
    which name no request, `unasked` tells that more came than was asked for: what follows cannot be told apart.
    """

    def __init__(self, host: str, port: int, timeout_s: float, line: Line, *, rtu: bool = False) -> None:
        super().__init__(
            host,
            port=port,
            framer=FramerType.RTU if rtu else FramerType.SOCKET,
            timeout=timeout_s,
            retries=0,
            reconnect_delay=0,
            trace_connect=self._link_changed,
            trace_packet=traced(line, self._watch if rtu else None),
        )
        self.unasked = False
        for reply in (_Coils, _Discretes, _Holdings, _Inputs):
            self.register(reply)

    def half_read(self) -> bool:
        """Whether part of an answer is left over, so that what follows cannot be told apart."""
        return bool(self.ctx.recv_buffer)

    def _watch(self, sending: bool, data: bytes) -> bytes:
        """Sees bytes that come when nothing is asked, or after the end of the answer."""
        if not sending:
            reply = self.ctx.framer.decoder.lookupPduClass(data)
            size = reply.calculateRtuFrameSize(data) if reply else 0
            self.unasked = self.unasked or self.ctx.response_future.done() or 0 < size < len(data)
        return data

    def _link_changed(self, up: bool) -> None:
        future = self.ctx.response_future
        if not up and not future.done():
            future.set_exception(ConnectionException("the device closed the link"))
            # Nobody may be waiting; then the exception must not be reported as lost.
            future.exception()
