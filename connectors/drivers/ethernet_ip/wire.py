"""The socket under the library: every frame that comes is checked against the request before the library sees it.

The library reads whatever comes as the answer to what it asked last, and does not notice that the other side has
closed the connection in the middle of a frame.
"""

from __future__ import annotations

import socket
import struct
import time
from collections import deque
from contextlib import suppress
from typing import Final

__all__ = ["Broken", "Wire"]

HEADER: Final = struct.Struct("<HHII8sI")
_REGISTER: Final = 0x65
_LIST_IDENTITY: Final = 0x63
_SEND_RR: Final = 0x6F
_UNCONNECTED_SEND: Final = 0x52
#: Frames of one job of the library that are kept for diagnosis, and the most there may be.
_KEPT: Final = 200
_FRAMES_MAX: Final = 50_000
_OTHER: Final = "the controller sent an answer that does not belong to the request"


class Broken(Exception):
    """The connection is of no more use: `code` is the end of the error's code."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Wire:
    """A socket of one connection, as the library uses it; each exchange has `timeout_s` in all."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._where = (host, port)
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None
        self._request = b""
        self._frames = 0
        self.last = b""
        self.broken: Broken | None = None
        #: (sent by us, frame) since the last call of `take`.
        self._seen: deque[tuple[bool, bytes]] = deque(maxlen=_KEPT)

    def connect(self, *_: object) -> None:
        """Open the socket, if it is not. Raises OSError."""
        if self._socket is None:
            self._socket = socket.create_connection(self._where, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, message: bytes) -> bytes:
        """Send a frame and wait for its answer. Raises Broken."""
        self.send(message)
        return self.receive()

    def send(self, message: bytes, *_: object) -> None:
        """Send a frame. Raises Broken."""
        self._frames += 1
        if self._frames > _FRAMES_MAX:
            raise self._break("link", "the controller's list does not end")
        self._request = message
        self._seen.append((True, message))
        try:
            sock = self._open()
            sock.settimeout(self._timeout_s)
            sock.sendall(message)
        except TimeoutError as error:
            raise self._break("timeout", "it does not take what is sent to it") from error
        except OSError as error:
            raise self._break("link", "the controller ended the connection") from error

    def receive(self, *_: object) -> bytes:
        """The answer to the last frame sent. Raises Broken where there is none, or one that does not belong to it."""
        ends = time.monotonic() + self._timeout_s
        head = self._exactly(HEADER.size, ends)
        command, length = struct.unpack_from("<HH", head)
        if command != struct.unpack_from("<H", self._request)[0]:
            raise self._break("protocol", "what answers does not speak EtherNet/IP as it should")
        frame = head + self._exactly(length, ends)
        self._seen.append((False, frame))
        try:
            wrong = _mismatch(self._request, frame)
        except (struct.error, IndexError):
            wrong = "the controller sent an answer that is cut short"
        if wrong:
            raise self._break("link", wrong)
        self.last = frame
        return frame

    def take(self) -> list[tuple[bool, bytes]]:
        """The frames seen since the last call, and a new count of them."""
        seen = list(self._seen)
        self._seen.clear()
        self._frames = 0
        return seen

    def hasten(self, timeout_s: float) -> None:
        """What is exchanged from now on may take at most this long."""
        self._timeout_s = min(self._timeout_s, timeout_s)

    def shut(self) -> None:
        """From another thread: whoever waits here wakes up."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket, in the thread that uses it."""
        if self._socket is not None:
            self._socket.close()

    def _open(self) -> socket.socket:
        if self._socket is None:
            raise OSError("not connected")
        return self._socket

    def _exactly(self, size: int, ends: float) -> bytes:
        data = bytearray()
        while len(data) < size:
            left = ends - time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                sock = self._open()
                sock.settimeout(left)
                part = sock.recv(size - len(data))
            except TimeoutError as error:
                raise self._break("timeout", "the controller does not answer in time") from error
            except OSError as error:
                raise self._break("link", "the controller ended the connection") from error
            if not part:
                raise self._break("link", "the controller ended the connection")
            data += part
        return bytes(data)

    def _break(self, code: str, reason: str) -> Broken:
        self.broken = self.broken or Broken(code, reason)
        return self.broken


def _mismatch(request: bytes, frame: bytes) -> str:
    """Why a frame is not the answer to a request, "" where it is."""
    command, _, session, status, context, _ = HEADER.unpack_from(frame)
    asked = HEADER.unpack_from(request)
    if command in (_REGISTER, _LIST_IDENTITY):
        return ""
    if session != asked[2]:
        return _OTHER
    if status:
        return f"the controller does not know the session any more (status 0x{status:02X})"
    if command == _SEND_RR:  # no address, then the message
        size_at, at = 38, 40
        belongs = context == asked[4] and frame[30:38] == b"\x02\0\0\0\0\0\xb2\0"
    else:  # the connection, then a number and the message
        size_at, at = 42, 46
        belongs = frame[30:36] + frame[40:42] == b"\x02\0\xa1\0\4\0\xb1\0" and frame[44:46] == request[44:46]
    if len(frame) < at + 4 or struct.unpack_from("<H", frame, size_at)[0] != len(frame) - size_at - 2:
        return "the controller sent an answer that is cut short"
    service = request[at]
    answers = {service | 0x80}
    if command == _SEND_RR and service == _UNCONNECTED_SEND:
        answers.add(request[50] | 0x80)  # of the request inside
    return "" if belongs and frame[at] in answers else _OTHER
