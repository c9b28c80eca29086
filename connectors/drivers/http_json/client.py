"""One kept HTTP/1.1 connection that sends GET and reads a bounded answer (RFC 9110, RFC 9112)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from connectors.diagnostics.tap import Tap
from connectors.drivers.http_json.frames import asked, got
from schemas.errors import ConfigError, ConnectError

__all__ = ["Answer", "HttpLink"]

_HEAD_MAX: Final = 65_536
_NO_BODY: Final = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and body; `too_large` where the body was beyond the limit and not read."""

    status: int
    body: bytes
    too_large: bool = False


class HttpLink:
    """A connection to one server. Every failure raises ConnectError and leaves it closed: no answer is mixed up."""

    def __init__(self, base_url: str, ca_file: str | None, timeout_ms: int, size_max: int, tap: Tap) -> None:
        try:
            parts = urlsplit(base_url)
            port = parts.port
        except ValueError as error:
            raise ConfigError("http_json.address", f"{base_url} is no address: {error}") from error
        self._host = parts.hostname or ""
        self._port = port or (443 if parts.scheme == "https" else 80)
        self._authority = parts.netloc
        self._prefix = parts.path.rstrip("/")
        self._url = base_url
        self._tls = _tls(ca_file) if parts.scheme == "https" else None
        self._timeout_s = timeout_ms / 1000
        self._size_max = size_max
        self._tap = tap
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self) -> None:
        """Connect anew. Raises ConnectError."""
        self.close()
        try:
            async with asyncio.timeout(self._timeout_s):
                self._streams = await asyncio.open_connection(self._host, self._port, ssl=self._tls, limit=_HEAD_MAX)
        except ssl.SSLCertVerificationError as error:
            raise ConnectError(
                "http_json.certificate",
                f"{self._url}: its certificate is not accepted: {error.verify_message}",
                hint="Put the certificate of its issuer into ca_file and use the name it is made out to.",
            ) from error
        except OSError as error:
            raise ConnectError(
                "http_json.connect",
                f"{self._url} cannot be reached: {_reason(error)}",
                hint="Check host, port, http or https, and whether a firewall lies between.",
            ) from error

    def close(self) -> None:
        """Drop the connection."""
        streams, self._streams = self._streams, None
        if streams is not None:
            streams[1].transport.abort()

    async def get(self, resource: str, headers: Mapping[str, str]) -> Answer:
        """The answer to one GET. A server may close a connection at rest: then a new one is opened first."""
        if self._streams is None or self._streams[0].at_eof() or self._streams[1].is_closing():
            await self.open()
        whole = False
        began = self._tap.began()
        if self._tap.ring is not None:
            self._tap.sent(asked(self._prefix + resource, headers))
        try:
            async with asyncio.timeout(self._timeout_s):
                answer, keep = await self._exchange(resource, headers)
            whole = keep
            self._tap.answered(began)
            if self._tap.ring is not None:
                self._tap.received(got(answer.status, answer.body, resource, headers))
            return answer
        except TimeoutError as error:
            self._tap.timed_out(began)
            raise ConnectError("http_json.link", f"{self._url}{resource}: {_reason(error)}") from error
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            self._tap.broke(began)
            raise ConnectError("http_json.link", f"{self._url}{resource}: {_reason(error)}") from error
        finally:
            if not whole:
                self.close()

    async def _exchange(self, resource: str, headers: Mapping[str, str]) -> tuple[Answer, bool]:
        if self._streams is None:
            raise EOFError
        reader, writer = self._streams
        sent = {
            "Host": self._authority,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **headers,
        }
        lines = [f"GET {self._prefix}{resource} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("ascii"))
        await writer.drain()
        status, version, fields = _head(await reader.readuntil(b"\r\n\r\n"))
        while 100 <= status < 200:
            status, version, fields = _head(await reader.readuntil(b"\r\n\r\n"))
        keep = version == "HTTP/1.1" and "close" not in fields.get("connection", "").lower()
        if status in _NO_BODY:
            return Answer(status, b""), keep
        if fields.get("content-encoding", "identity").lower() != "identity":
            raise ValueError("the answer is compressed, which was not asked for")
        coding = fields.get("transfer-encoding", "").lower()
        if coding:
            if coding != "chunked":
                raise ValueError(f"the answer has the unknown transfer coding {coding[:40]!r}")
            body = await self._chunks(reader)
        elif "content-length" in fields:
            size = _number(fields["content-length"], 10)
            body = None if size > self._size_max else await reader.readexactly(size)
        else:
            body, keep = await self._until_end(reader), False
        return (Answer(status, b"", True), False) if body is None else (Answer(status, body), keep)

    async def _chunks(self, reader: asyncio.StreamReader) -> bytes | None:
        body = bytearray()
        while True:
            size = _number((await reader.readuntil(b"\r\n")).partition(b";")[0].strip().decode("ascii"), 16)
            if len(body) + size > self._size_max:
                return None
            if size == 0:
                break
            body += await reader.readexactly(size)
            if await reader.readexactly(2) != b"\r\n":
                raise ValueError("a chunk of the answer does not end where it should")
        for _ in range(100):  # trailer fields, of no use here
            if await reader.readuntil(b"\r\n") == b"\r\n":
                return bytes(body)
        raise ValueError("the answer has too many trailer fields")

    async def _until_end(self, reader: asyncio.StreamReader) -> bytes | None:
        body = bytearray()
        while data := await reader.read(65_536):
            body += data
            if len(body) > self._size_max:
                return None
        return bytes(body)


def _head(data: bytes) -> tuple[int, str, dict[str, str]]:
    first, *rest = data.decode("latin-1").split("\r\n")
    version, _, tail = first.partition(" ")
    if version not in ("HTTP/1.1", "HTTP/1.0"):
        raise ValueError("what answers does not speak HTTP/1.1")
    fields: dict[str, str] = {}
    for line in rest:
        name, mark, value = line.partition(":")
        if mark:
            key = name.lower()
            if key == "content-length" and key in fields and fields[key] != value.strip():
                raise ValueError("the answer gives two lengths")
            fields[key] = value.strip()
    return _number(tail[:3], 10), version, fields


def _number(text: str, base: int) -> int:
    digits = "0123456789abcdef"[:base]
    if not text or len(text) > 12 or any(char not in digits for char in text.lower()):
        raise ValueError("a number in the answer's head is malformed")
    return int(text, base)


def _tls(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError("http_json.certificate", f"ca_file {ca_file} cannot be used: {error}") from error


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "the server does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, EOFError | ConnectionError):
        return "the server ended the connection"
    if isinstance(error, asyncio.LimitOverrunError):
        return "the head of the answer is too long"
    return str(error) or type(error).__name__
