"""One life of a link to a CPU: the library's blocking connection in a thread of its own.

A CPU that hangs holds that thread alone, and not for long: when the time is over the socket is shut down,
which wakes the thread, and the link is gone. So is it after every answer that is not the one asked for: what
follows on such a link cannot be told apart.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, NoReturn, TypeVar

from snap7.connection import ISOTCPConnection
from snap7.datatypes import S7Area, S7WordLen
from snap7.error import S7ConnectionError, S7Error, S7ProtocolError, S7TimeoutError
from snap7.s7protocol import S7Function, S7Protocol

from connectors.diagnostics.tap import Tap
from connectors.drivers.s7.answers import GOOD, split_items
from connectors.drivers.s7.config import S7Config
from schemas.errors import ConnectError

__all__ = ["AREA_CODES", "Item", "Link", "Refused"]

_log = logging.getLogger("snap7")
if _log.level == logging.NOTSET:
    # The library logs each lost link; the supervisor tells a loss once, in plain words.
    _log.setLevel(logging.CRITICAL)

T = TypeVar("T")
#: Area code, data block, first byte, bytes.
Item = tuple[int, int, int, int]
AREA_CODES: Final = {"I": S7Area.PE, "Q": S7Area.PA, "M": S7Area.MK, "DB": S7Area.DB}
_TYPE_CODES: Final = {"pg": 1, "op": 2, "basic": 3}
_OUR_TSAP: Final = 0x0100
_PDU_MIN: Final = 64
_SZL_NAMES: Final = 0x001C
_SZL_RECORD: Final = 34
_NAMES: Final = {1: "name", 2: "module", 5: "serial_number", 7: "model"}
_SLOTS: Final = (
    "Rack 0 slot 1 is S7-1200 and S7-1500, rack 0 slot 2 is S7-300; for S7-400 see its hardware configuration."
)


class Refused(Exception):
    """The CPU refuses a whole message, with this S7 error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"S7 error 0x{code:04X}")
        self.code = code


class Link:
    """A connection to one CPU; one request at a time. Every failure raises ConnectError and leaves it closed."""

    def __init__(self, config: S7Config, tap: Tap) -> None:
        self._tap = tap
        tsap = _TYPE_CODES[config.connection_type] << 8 | config.rack << 5 | config.slot
        self._config = config
        self._where = f"{config.host}:{config.port}"
        self._timeout_s = config.timeout_ms / 1000
        self._connection = ISOTCPConnection(config.host, config.port, local_tsap=_OUR_TSAP, remote_tsap=tsap)
        self._protocol = S7Protocol()
        # A gateway may bring an answer meant for the link before this one: its number must not fit by chance.
        self._protocol.sequence = int.from_bytes(os.urandom(2), "big")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="s7")
        self._turn = asyncio.Lock()
        self._closed = False
        #: Longest message both sides take, bytes.
        self.pdu_size = 0

    async def open(self) -> None:
        """TCP, ISO transport and S7 setup, each with its own reason where it fails."""
        try:
            # Twice the time: once for TCP, once for the transport's answer. A slow name server ends here too.
            await self._in_thread(self._connection.connect, self._timeout_s, limit_s=2 * self._timeout_s)
        except TimeoutError as error:
            raise self._unreachable("it does not answer in time") from error
        except S7Error as error:
            raise self._connect_error(error) from error
        wanted = self._config.pdu_size_max
        try:
            answer = await self._ask(lambda: self._protocol.build_setup_communication_request(1, 1, wanted))
        except Refused as error:
            self._lose(f"the CPU refuses the S7 connection ({error})")
        parameters = answer.get("parameters") or {}
        size = parameters.get("pdu_length", 0)
        if parameters.get("function_code") != S7Function.SETUP_COMMUNICATION or not _PDU_MIN <= size <= wanted:
            self._lose("what answers does not set up an S7 connection as it should")
        self.pdu_size = size

    async def read(self, items: Sequence[Item]) -> list[bytes | int]:
        """Each item's bytes or return code. Raises Refused where the CPU refuses the message."""
        if len(items) == 1:
            area, block, start, size = items[0]
            answer = await self._ask(
                lambda: self._protocol.build_read_request(S7Area(area), block, start, S7WordLen.BYTE, size)
            )
        else:
            answer = await self._ask(lambda: self._protocol.build_multi_read_request(list(items)))
        data = self._data(answer, S7Function.READ_AREA, len(items))
        try:
            return split_items(data, [size for _, _, _, size in items])
        except ValueError as error:
            self._lose(str(error))

    async def write(self, area: int, block: int, start: int, data: bytes, *, bit: bool = False) -> int:
        """The item's return code; with `bit`, `start` is counted in bits. Raises Refused."""
        kind = S7WordLen.BIT if bit else S7WordLen.BYTE
        answer = await self._ask(lambda: self._protocol.build_write_request(S7Area(area), block, start, kind, data))
        code = self._data(answer, S7Function.WRITE_AREA, 1)
        if len(code) != 1:
            self._lose("the answer to a write is malformed")
        return code[0]

    async def names(self) -> dict[str, str]:
        """What the CPU calls itself (system status list 0x001C), as far as its first answer says. Raises Refused."""
        answer = await self._ask(lambda: self._protocol.build_read_szl_request(_SZL_NAMES, 0))
        info = answer.get("data") or {}
        if info.get("return_code") != GOOD:
            return {}
        records: bytes = self._protocol.parse_read_szl_response(answer)["data"][4:]
        found: dict[str, str] = {}
        for place in range(0, len(records) - _SZL_RECORD + 1, _SZL_RECORD):
            key = _NAMES.get(struct.unpack_from(">H", records, place)[0])
            raw = records[place + 2 : place + _SZL_RECORD].split(b"\0")[0].decode("latin-1")
            text = "".join(char for char in raw if char.isprintable()).strip()
            if key is not None and text:
                found[key] = text
        return found

    def close(self) -> None:
        """Ends the link at once, whatever its thread is waiting for; may be called twice."""
        if self._closed:
            return
        self._closed = True
        wire = self._connection.socket
        if wire is not None:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        # The socket itself is closed where it is used: its number must not be given away under a reader.
        self._thread.submit(self._connection.disconnect)
        self._thread.shutdown(wait=False)

    async def _ask(self, build: Callable[[], bytes]) -> dict[str, Any]:
        async with self._turn:
            request = build()
            self._tap.sent(request)
            began = self._tap.began()
            try:
                pdu = await self._in_thread(self._exchange, request, limit_s=self._timeout_s)
            except (TimeoutError, S7TimeoutError):
                self._tap.timed_out(began)
                self._lose("the CPU does not answer in time", code="s7.timeout")
            except S7Error as error:
                self._tap.broke(began)
                self._lose(_reason(error))
            self._tap.answered(began)
            self._tap.received(pdu)
        # Before anything in it is believed: an answer to another request says nothing about this one.
        if len(pdu) < 12 or pdu[0] != 0x32 or pdu[4:6] != request[4:6]:
            self._lose("the CPU sent an answer that does not belong to the request")
        try:
            return self._protocol.parse_response(pdu)
        except S7ProtocolError as error:
            if error.error_code:
                raise Refused(error.error_code) from error
            self._lose(f"the CPU sent an answer that is none ({error})")

    async def _in_thread(self, work: Callable[..., T], *arguments: Any, limit_s: float) -> T:
        if self._closed:
            self._lose("the link is closed")
        whole = False
        try:
            async with asyncio.timeout(limit_s):
                result = await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)
            whole = True
            return result
        finally:
            if not whole:  # also when we are cancelled: the answer would be there for the next request
                self.close()

    def _exchange(self, request: bytes) -> bytes:
        self._connection.send_data(request)
        return self._connection.receive_data()

    def _data(self, answer: dict[str, Any], function: S7Function, count: int) -> bytes:
        parameters = answer.get("parameters") or {}
        if parameters.get("function_code") != function or parameters.get("item_count") != count:
            self._lose("the CPU sent an answer to something else")
        data: bytes = answer.get("raw_data", b"")
        return data

    def _lose(self, reason: str, *, code: str = "s7.link") -> NoReturn:
        self.close()
        if code == "s7.timeout":
            raise ConnectError("s7.timeout", f"{self._where}: {reason}", hint="Check the cable and the CPU's load.")
        raise ConnectError("s7.link", f"{self._where}: {reason}")

    def _unreachable(self, reason: str) -> ConnectError:
        return ConnectError(
            "s7.connect",
            f"{self._where} cannot be reached: {reason}",
            hint="Check address, cable and power, and whether a firewall lets TCP port 102 through.",
        )

    def _connect_error(self, error: S7Error) -> ConnectError:
        """Why no connection came about: the network, something that is no S7, or rack and slot."""
        cause = error.__context__
        if isinstance(error, S7TimeoutError):
            return ConnectError(
                "s7.transport",
                f"{self._where} accepts the connection but does not answer",
                hint="Check the port (S7 is 102), and whether the CPU is still starting.",
            )
        if isinstance(cause, OSError) and not isinstance(cause, ConnectionResetError):
            return self._unreachable(_network_reason(cause))
        if "TPKT" in str(error):
            return ConnectError(
                "s7.transport",
                f"what answers at {self._where} does not speak S7",
                hint="Check address and port; S7 is TCP port 102.",
            )
        return ConnectError(
            "s7.rack_slot",
            f"{self._where} refuses rack {self._config.rack}, slot {self._config.slot}",
            hint=f"{_SLOTS} If they are right, its connections may be in use: try another connection_type.",
        )


def _network_reason(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "its name is not known"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    return "it does not answer in time" if isinstance(error, TimeoutError) else error.strerror or str(error)


def _reason(error: S7Error) -> str:
    if isinstance(error, S7ConnectionError) and ("closed" in str(error) or isinstance(error.__context__, OSError)):
        return "the CPU ended the connection"
    return f"the link broke in an answer ({error})"
