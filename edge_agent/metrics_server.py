"""GET /metrics and nothing else: a few lines of HTTP/1.1 on asyncio, for scrapers on the machine.

Limits: request of at most 8 KiB within 5 s, 16 clients at once; the connection closes after the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from edge_agent.buffer.identity import replace_file
from schemas.errors import ConfigError

REQUEST_BYTES_MAX = 8192
REQUEST_TIMEOUT_S = 5.0
CLIENTS_MAX = 16


class MetricsServer:
    """Serves the text that `render` gives."""

    def __init__(self, render: Callable[[], str]) -> None:
        self._render = render
        self._server: asyncio.Server | None = None
        self._addr_file: Path | None = None
        self._clients = 0
        self.address = ""

    async def start(self, listen: str, addr_file: Path) -> None:
        """Listens on `host:port`; writes the address it got to `addr_file`. Raises ConfigError."""
        host, _, port = listen.rpartition(":")
        try:
            self._server = await asyncio.start_server(self._serve, host.strip("[]"), int(port), limit=REQUEST_BYTES_MAX)
        except (OSError, OverflowError) as error:
            raise ConfigError(
                "metrics.listen", f"cannot listen on {listen}: {error}",
                hint="choose another port under metrics.listen; port 0 takes a free one",
            ) from error  # fmt: skip
        bound = self._server.sockets[0].getsockname()
        self.address = f"{bound[0]}:{bound[1]}"
        self._addr_file = addr_file
        replace_file(addr_file, self.address + "\n")

    async def stop(self) -> None:
        """Stops listening and takes the address file away."""
        if self._server is not None:
            self._server.close()
        if self._addr_file is not None:
            self._addr_file.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients += 1
        try:
            if self._clients > CLIENTS_MAX:
                return
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(self._answer(head))
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ConnectionError):
            pass  # a client that says nothing sensible gets no answer
        finally:
            self._clients -= 1
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def _answer(self, head: bytes) -> bytes:
        method, _, rest = head.split(b"\r\n", 1)[0].partition(b" ")
        path = rest.split(b" ", 1)[0].split(b"?", 1)[0]
        if path != b"/metrics":
            return _response("404 Not Found", "The metrics are at /metrics.\n")
        if method != b"GET":
            return _response("405 Method Not Allowed", "Only GET.\n")
        return _response("200 OK", self._render(), "text/plain; version=0.0.4; charset=utf-8")


def _response(status: str, text: str, kind: str = "text/plain; charset=utf-8") -> bytes:
    body = text.encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body
