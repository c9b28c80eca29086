"""The control port of the simulated line: set-points may be written here, by who has the token, on this machine only.

A real plant has no such port: it stands for the write path of an agent until devices are written to. Plain HTTP with
JSON: ``GET /targets/<machine>/<signal>`` → ``{"value", "writable", "low", "high"}``, ``PUT`` the same with
``{"value", "id"}`` → 200 or 4xx with ``{"reason"}``, ``GET /writes`` → how many were taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import math
from collections import OrderedDict
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from connectors.peers.stamping_line.press import Press
from connectors.peers.stamping_line.signals import SIGNALS, Signal

__all__ = ["LOOPBACK", "ControlPort"]

LOOPBACK = "127.0.0.1"
HEAD_MAX_BYTES = 8 << 10
BODY_MAX_BYTES = 4 << 10
TIMEOUT_S = 5.0
IDS_KEPT = 10_000
_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed",
            409: "Conflict", 422: "Unprocessable Content"}  # fmt: skip

Answer = tuple[int, dict[str, Any]]
Accept = Callable[[Press, Signal, float], bool]


class ControlPort:
    """An async context manager; listens on the loopback address alone."""

    def __init__(self, presses: dict[str, Press], token: str, accept: Accept, port: int = 0) -> None:
        """`accept` sets a signal of a press and says whether it took the value. An empty token is refused."""
        if not token:
            raise ValueError("the control port needs a token")
        self._presses = presses
        self._token = token
        self._accept = accept
        self._wanted = port
        self._server: asyncio.Server | None = None
        self._done: OrderedDict[str, None] = OrderedDict()
        self.writes = 0
        self.last: dict[str, Any] = {}

    @property
    def port(self) -> int:
        """TCP port, once it listens."""
        if self._server is None:
            return self._wanted
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aenter__(self) -> ControlPort:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self._wanted, limit=HEAD_MAX_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._server.wait_closed(), 1.0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                status, answer = await self._exchange(reader)
                body = json.dumps(answer).encode()
                head = f"HTTP/1.1 {status} {_REASONS[status]}\r\nContent-Type: application/json\r\n"
                head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError):
            pass  # the peer is gone, too slow or too talkative
        finally:
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader) -> Answer:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = head.split("\r\n")
        method, _, rest = lines[0].partition(" ")
        path = rest.partition(" ")[0]
        pairs = (line.partition(":") for line in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_MAX_BYTES:
            return 400, {"reason": "the body is too large"}
        body = await reader.readexactly(int(length))
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token.encode()):
            return 401, {"reason": "the token is wrong"}
        return self.answer(method, path, body)

    def answer(self, method: str, path: str, body: bytes = b"") -> Answer:
        """The answer to a request that has shown the token."""
        parts = [unquote(part) for part in path.split("/")[1:]]
        if parts == ["writes"] and method == "GET":
            return 200, {"writes": self.writes, "last": self.last}
        if len(parts) != 3 or parts[0] != "targets" or parts[1] not in self._presses:
            return 404, {"reason": "there is no such signal"}
        press = self._presses[parts[1]]
        signal = next((one for one in SIGNALS if one.name == parts[2]), None)
        if signal is None or signal.bit is not None or signal.type == "string":
            return 404, {"reason": "there is no such signal"}
        if method == "GET":
            low, high = signal.writable or (None, None)
            return 200, {
                "value": signal.get(press), "writable": signal.writable is not None, "low": low, "high": high,
            }  # fmt: skip
        return self._write(press, signal, body) if method == "PUT" else (405, {"reason": "GET or PUT"})

    def _write(self, press: Press, signal: Signal, body: bytes) -> Answer:
        try:
            asked = json.loads(body)
            value, write_id = asked["value"], asked["id"]
        except (ValueError, RecursionError, KeyError, TypeError):
            return 400, {"reason": "value and id are needed"}
        is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not is_number or not isinstance(write_id, str) or not 0 < len(write_id) <= 80:
            return 400, {"reason": "value and id are needed"}
        if write_id in self._done:
            return 409, {"reason": "this write was taken before"}
        if signal.writable is None or not self._accept(press, signal, float(value)):
            return 422, {"reason": "the press does not take this value"}
        self._done[write_id] = None
        if len(self._done) > IDS_KEPT:
            self._done.popitem(last=False)
        self.writes += 1
        self.last = {"machine": press.name, "signal": signal.name, "value": value, "id": write_id}
        return 200, {"value": signal.get(press)}
