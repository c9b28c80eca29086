"""What answers at a port: the first message of each protocol is sent, each on a connection of its own.

All are greetings that change nothing: Modbus reads one register, S7 asks for a transport connection (RFC 1006),
OPC UA says hello (Part 6 §7.1.2), MQTT connects without credentials, HTTP asks for the first page.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

__all__ = ["PROTOCOL_OF_DRIVER", "guess_protocol"]

PROTOCOL_OF_DRIVER: Final = {"modbus_tcp": "Modbus TCP", "opcua": "OPC UA", "s7": "Siemens S7", "http_json": "HTTP"}
_WAIT_S = 0.7
_COTP: Final = bytes.fromhex("0300001611e00000000100c0010ac1020100c2020102")
_MQTT: Final = bytes.fromhex("101000044d5154540402000f000469642d30")
_MODBUS: Final = bytes.fromhex("000100000006010300000001")
_MODBUS_RTU: Final = bytes.fromhex("010300000001840a")


def _hello(host: str, port: int) -> bytes:
    url = f"opc.tcp://{host}:{port}".encode()
    body = struct.pack("<IIIIIi", 0, 65_536, 65_536, 0, 0, len(url)) + url
    return b"HELF" + struct.pack("<I", len(body) + 8) + body


def _common(data: bytes) -> str:
    """Servers that speak first, or answer anything in their own way."""
    if data.startswith(b"SSH-"):
        return "SSH"
    if data.startswith(b"HTTP/"):
        return "HTTP"
    return "TLS" if data[:2] in (b"\x15\x03", b"\x16\x03") else ""


async def guess_protocol(host: str, port: int) -> str:
    """Name of the protocol, or "" where none of the known ones answers. Takes at most about 5 s; never raises."""
    probes: list[tuple[bytes, Callable[[bytes], str]]] = [
        (_MODBUS, lambda data: "Modbus TCP" if data[:4] == b"\0\1\0\0" else ""),
        (_hello(host, port), lambda data: "OPC UA" if data[:4] in (b"ACKF", b"ERRF") else ""),
        (_COTP, lambda data: "Siemens S7" if data[:2] == b"\3\0" and data[5:6] in (b"\xd0", b"\x80") else ""),
        (_MQTT, lambda data: "MQTT" if data[:2] == b"\x20\x02" else ""),
        (f"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode("ascii", "ignore"), _common),
        (
            _MODBUS_RTU,
            lambda data: "Modbus RTU over TCP" if data[:1] == b"\1" and data[1:2] in (b"\3", b"\x83") else "",
        ),
    ]
    for message, fits in probes:
        data = await _exchange(host, port, message)
        found = _common(data) or fits(data)
        if found:
            return found
    return ""


async def _exchange(host: str, port: int, message: bytes) -> bytes:
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(_WAIT_S):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(message)
            return await reader.read(256)
    except (OSError, TimeoutError):
        return b""
    finally:
        if writer is not None:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
