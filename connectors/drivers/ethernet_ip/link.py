"""One life of a connection to a controller: the library's blocking client in a thread of its own.

A controller that hangs holds that thread alone, and not for long: when the time is over the socket is shut down,
which wakes the thread, and the link is gone. So is it after every answer that is not the one asked for: what
follows on such a link cannot be told apart.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, NoReturn, TypeVar

from pycomm3 import CIPDriver, LogixDriver
from pycomm3.exceptions import PycommError
from pycomm3.packets import SendUnitDataRequestPacket

from connectors.diagnostics.tap import Tap
from connectors.drivers.ethernet_ip.cip import Status
from connectors.drivers.ethernet_ip.config import EthernetIpConfig
from connectors.drivers.ethernet_ip.wire import Broken, Wire
from schemas.errors import ConnectError

__all__ = ["Declined", "Link"]

_log = logging.getLogger("pycomm3")
if _log.level == logging.NOTSET:
    # The library logs each refusal and each lost link; the supervisor tells a loss once, in plain words.
    _log.setLevel(logging.CRITICAL + 1)

T = TypeVar("T")
#: The library asks for a connection that the controller drops after 1,082 s without a request.
IDLE_MAX_S: Final = 900.0
#: Longest that a controller may take to be told of our going.
_GOODBYE_S: Final = 0.5
_SMALL: Final = 500
_SMALL_MAX: Final = 504
#: Extended statuses of a failed way to the controller: no such slot or port, nothing answers, no such path.
_WAY: Final = frozenset({0x0204, 0x0205, 0x0311, 0x0312, 0x0315, 0x0318})
_NO_CONNECTION_FREE: Final = frozenset({0x0113, 0x011A, 0x011B})
_TAGS_S: Final = 600.0
#: Bytes of the number of a connected message, and the status of an address that is too long.
_NUMBER: Final = 2
_TOO_LONG: Final = 0x26
#: What the library raises for a refusal, and for an answer that it does not understand.
_NOT_UNDERSTOOD: Final = (PycommError, struct.error, LookupError, ValueError, TypeError, AttributeError)


class Declined(Exception):
    """The controller did not give what the library asked it for, or gave it in a way the library does not know."""


class Link:
    """A connection to one controller; one request at a time. Failures raise ConnectError and leave it closed."""

    def __init__(self, config: EthernetIpConfig, tap: Tap) -> None:
        self._tap = tap
        self._config = config
        self._where = f"{config.host}:{config.port}"
        self._timeout_s = config.timeout_ms / 1000
        self._wire = Wire(config.host, config.port, self._timeout_s)
        self._client = LogixDriver(f"0.0.0.0/{config.slot}", init_tags=False)  # the address is the wire's
        self._client._sock = self._wire
        self._client._sequence = _numbers()
        self._client._cfg["context"] = os.urandom(8)
        self._client._cfg["csn"] = os.urandom(2)
        self._large(min(config.connection_size_max, _SMALL if config.connection_size_max <= _SMALL_MAX else 4000))
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ethernet_ip")
        self._turn = asyncio.Lock()
        self._closed = False
        self._used = 0.0
        self._tags: dict[str, dict[str, Any]] | None = None
        #: Longest connected message both sides take, bytes, with its number.
        self.size = 0

    async def open(self) -> None:
        """TCP, session and connection, each with its own reason where it fails."""
        try:
            await self._job(self._wire.connect, limit_s=2 * self._timeout_s)
        except TimeoutError as error:
            raise self._unreachable("it does not answer in time") from error
        except OSError as error:
            raise self._unreachable(_network_reason(error)) from error
        try:
            session = await self._told(lambda: CIPDriver.open(self._client), limit_s=2 * self._timeout_s)
            connected = session and await self._told(self._connect, limit_s=3 * self._timeout_s)
        except Declined as error:
            self.refuse(f"what answers does not set up a connection as it should ({error})")
        if not session:
            raise self._no_session()
        if not connected:
            raise self._no_connection(_status_of(self._wire.last))
        self.size = self._client.connection_size
        self._used = time.monotonic()

    @property
    def idle(self) -> bool:
        """Whether the controller may have dropped the connection because nothing was asked for so long."""
        return time.monotonic() - self._used > IDLE_MAX_S

    async def ask(self, request: bytes) -> bytes:
        """The answer to a connected request, the service's byte first; one too long for a message is not sent."""
        if len(request) + _NUMBER > self.size:
            return bytes([request[0] | 0x80, 0, _TOO_LONG, 0])
        async with self._turn:
            packet = SendUnitDataRequestPacket(self._client._sequence).add(request)
            message = packet.build_request(
                self._client._target_cid, self._client._session, self._client._cfg["context"], 0
            )
            self._tap.sent(message)
            began = self._tap.began()
            try:
                frame = await self._job(self._wire.exchange, message, limit_s=2 * self._timeout_s)
            except (TimeoutError, Broken) as error:
                timed_out = isinstance(error, TimeoutError) or error.code == "timeout"
                (self._tap.timed_out if timed_out else self._tap.broke)(began)
                self._lose(error)
            self._tap.answered(began)
            self._tap.received(frame)
            self._wire.take()
            self._used = time.monotonic()
            return frame[46:]

    async def identity(self) -> dict[str, Any]:
        """What it says of itself: vendor, product_name, revision, serial, keyswitch. Raises Declined."""
        async with self._turn:
            return await self._told(self._client.get_plc_info, limit_s=2 * self._timeout_s)

    async def program_name(self) -> str:
        """The name of its program. Raises Declined."""
        async with self._turn:
            return str(await self._told(self._client.get_plc_name, limit_s=2 * self._timeout_s))

    async def tags(self) -> dict[str, dict[str, Any]]:
        """Definitions of all tags by name, as the library has them; asked for once. Raises Declined."""
        async with self._turn:
            if self._tags is None:
                self._tags = await self._told(self._list_tags, limit_s=_TAGS_S)
            return self._tags

    def close(self) -> None:
        """Ends the link at once, whatever its thread is waiting for; may be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._turn.locked() or self._wire.broken is not None or not self.size:
            self._wire.shut()
            # The socket itself is closed where it is used: its number must not be given away under a reader.
            self._thread.submit(self._wire.close)
        else:
            self._thread.submit(self._goodbye)
        self._thread.shutdown(wait=False)

    def refuse(self, reason: str) -> NoReturn:
        """An answer is none: nothing on this link is to be believed any more."""
        self.close()
        raise ConnectError("ethernet_ip.link", f"{self._where}: {reason}")

    # -- in the thread -----------------------------------------------------------------------

    def _connect(self) -> bool:
        """A large connection, or a small one where the controller does not know such."""
        if self._client._forward_open():
            return True
        if not self._client._cfg["extended forward open"] or _status_of(self._wire.last).extended in _WAY:
            return False
        self._large(_SMALL)
        return bool(self._client._forward_open())

    def _list_tags(self) -> dict[str, dict[str, Any]]:
        if not self._client.info:
            self._client._info = self._client.get_plc_info()
        return {str(one["tag_name"]): one for one in self._client.get_tag_list(program="*", cache=False)}

    def _goodbye(self) -> None:
        """Gives the controller back what we held of it; it has few connections."""
        self._wire.hasten(_GOODBYE_S)
        with suppress(PycommError, Broken, OSError):
            self._client.close()
        self._wire.close()

    # -- around it ---------------------------------------------------------------------------

    def _large(self, size: int) -> None:
        self._client._cfg["extended forward open"] = size > _SMALL_MAX
        self._client._cfg["connection_size"] = size

    async def _told(self, work: Callable[[], T], *, limit_s: float) -> T:
        """A job of the library's of several exchanges. Raises Declined."""
        try:
            return await self._job(work, limit_s=limit_s)
        except (TimeoutError, Broken) as error:
            self._lose(error)
        except _NOT_UNDERSTOOD as error:
            if self._wire.broken is not None:
                self._lose(self._wire.broken)
            raise Declined(str(error.__cause__ or error)) from error
        finally:
            for ours, frame in self._wire.take():
                (self._tap.sent if ours else self._tap.received)(frame)

    async def _job(self, work: Callable[..., T], *arguments: Any, limit_s: float) -> T:
        if self._closed:
            raise ConnectError("ethernet_ip.link", f"{self._where}: the link is closed")
        whole = False
        try:
            async with asyncio.timeout(limit_s):
                result = await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
            whole = True
            return result
        except _NOT_UNDERSTOOD:
            whole = self._wire.broken is None  # a whole answer, of which nothing comes after it
            raise
        finally:
            if not whole:  # also when we are cancelled: the answer would be there for the next request
                self._wire.shut()
                self.close()

    def _lose(self, error: Exception) -> NoReturn:
        broken = error if isinstance(error, Broken) else Broken("timeout", "the controller does not answer in time")
        opening = not self.size
        self.close()
        if broken.code == "timeout" and opening:
            raise ConnectError(
                "ethernet_ip.silent",
                f"{self._where} accepts the connection but does not answer",
                hint="Check the port (EtherNet/IP is 44818), and whether the controller is still starting.",
            ) from error
        if broken.code == "timeout":
            raise ConnectError(
                "ethernet_ip.timeout",
                f"{self._where}: {broken.reason}",
                hint="Check the cable and the controller's load.",
            ) from error
        if broken.code == "protocol":
            raise ConnectError(
                "ethernet_ip.protocol",
                f"{self._where}: {broken.reason}",
                hint="Check address and port; EtherNet/IP is TCP port 44818.",
            ) from error
        self.refuse(broken.reason)

    def _no_session(self) -> ConnectError:
        self.close()
        status = struct.unpack_from("<I", self._wire.last, 8)[0] if self._wire.last else 0
        return ConnectError(
            "ethernet_ip.session",
            f"{self._where} refuses a session (status 0x{status:02X})",
            hint="It has too many at once, or its EtherNet/IP is of another version: end other programs, or start "
            "its Ethernet module anew.",
        )

    def _no_connection(self, status: Status) -> ConnectError:
        """Why no connection came about: the slot, too many of them, or something that is no Logix controller."""
        self.close()
        if status.extended in _WAY:
            return ConnectError(
                "ethernet_ip.slot",
                f"{self._where} finds no controller in slot {self._config.slot} ({status})",
                hint="CompactLogix is slot 0; for ControlLogix count the slots of the chassis from 0 at the left.",
            )
        if status.extended in _NO_CONNECTION_FREE:
            return ConnectError(
                "ethernet_ip.connections",
                f"{self._where} has no connection free ({status})",
                hint="End other programs that read this controller, or wait until it drops theirs.",
            )
        return ConnectError(
            "ethernet_ip.open",
            f"{self._where} refuses a connection ({status})",
            hint="Is it a Logix controller? Drives, remote I/O and older PLCs (PLC-5, SLC 500) have no tags.",
        )

    def _unreachable(self, reason: str) -> ConnectError:
        return ConnectError(
            "ethernet_ip.connect",
            f"{self._where} cannot be reached: {reason}",
            hint="Check address, cable and power, and whether a firewall lets TCP port 44818 through.",
        )


def _numbers() -> Iterator[int]:
    """Numbers of messages, from anywhere: a late answer to a link before this one must not fit by chance."""
    number = int.from_bytes(os.urandom(2), "little")
    while True:
        number = number % 65_535 + 1
        yield number


def _status_of(frame: bytes) -> Status:
    """Of an unconnected answer."""
    if len(frame) < 44:
        return Status(0xFF)
    return Status(frame[42], struct.unpack_from("<H", frame, 44)[0] if frame[43] and len(frame) >= 46 else None)


def _network_reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return "it does not answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)
