"""The frames of one read of functions 1 to 4: the request built once, and the one shape of a right answer.

Everything in an answer but its data is known before it comes: transaction, protocol, length, unit, function and byte
count of a Modbus TCP frame; unit, function, byte count and check sum of an RTU frame. So a right answer is known by one
comparison, and nothing in it is taken apart. Whatever is not exactly that is left to the library's framers.
"""

from __future__ import annotations

import struct

from connectors.modbus.crc import crc16

__all__ = ["ReadFrame"]

_REQUEST = struct.Struct(">BBHH")


class ReadFrame:
    """One read request of a unit; `size` is the number of bytes of data in a right answer."""

    __slots__ = ("_answer", "_request", "answer_size", "count", "function", "rtu", "start", "unit")

    def __init__(self, unit: int, function: int, start: int, count: int, size: int, *, rtu: bool) -> None:
        self.unit, self.function, self.start, self.count = unit, function, start, count
        self.rtu = rtu
        request = _REQUEST.pack(unit, function, start, count)
        answer = bytes((unit, function, size))
        if rtu:
            self._request = request + crc16(request)
            self._answer = answer
            self.answer_size = len(answer) + size + 2
        else:
            # Two bytes of the protocol, always 0, and the number of bytes that follow.
            self._request = struct.pack(">HH", 0, len(request)) + request
            self._answer = struct.pack(">HH", 0, len(answer) + size) + answer
            self.answer_size = 2 + len(self._answer) + size

    def request(self, transaction: int) -> bytes:
        """The frame to send; an RTU frame has no transaction."""
        return self._request if self.rtu else transaction.to_bytes(2, "big") + self._request

    def head(self, transaction: int) -> bytes:
        """What a right answer begins with, up to its data."""
        return self._answer if self.rtu else transaction.to_bytes(2, "big") + self._answer

    def payload(self, frame: bytes, head: bytes) -> bytes | None:
        """The data of a right answer; None if this frame is anything else."""
        if len(frame) != self.answer_size or not frame.startswith(head):
            return None
        if not self.rtu:
            return frame[len(head) :]
        return frame[len(head) : -2] if crc16(frame[:-2]) == frame[-2:] else None
