"""Bytes of a journal segment (docs/reference/journal-format.md): header, record head, record."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from schemas.errors import ConfigError

MAGIC: Final = b"ILJRNL\r\n"
VERSION: Final = 1
HEADER_BYTES: Final = 64
MARKER: Final = 0x524A4C49  # "ILJR" little-endian: where a reader finds its footing again after damage
MARKER_BYTES: Final = MARKER.to_bytes(4, "little")
BODY_MAX_BYTES: Final = 4 << 20
DEAD: Final = "dead"
KINDS: Final = ("data", "dict", "gap", "event", "snapshot", DEAD)

_HEADER: Final = struct.Struct("<8sHHIQq")
_HEAD: Final = struct.Struct("<IIQq16sQBBBBII")
HEAD_BYTES: Final = _HEAD.size
_KIND_CODE: Final = {name: code for code, name in enumerate(KINDS)}
_HIST: Final = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One received batch on its way into the journal; `body` is the payload as it came."""

    tenant: str
    edge: str
    stream: UUID
    seq: int
    kind: str
    hist: bool
    received_us: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """One journal record: a number that is never used twice, and what was received."""

    no: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Head:
    """The checked head of a record: who sent it, and how long it is in the file."""

    no: int
    tenant: str
    edge: str
    stream: UUID
    seq: int
    kind: str
    hist: bool
    received_us: int
    body_at: int
    body_bytes: int
    body_crc: int

    @property
    def end(self) -> int:
        """Offset of the first byte after the record."""
        return self.body_at + self.body_bytes


def encode_header(first_no: int, created_us: int) -> bytes:
    """The 64 bytes at the start of a segment."""
    fixed = _HEADER.pack(MAGIC, VERSION, 0, HEADER_BYTES, first_no, created_us)
    padded = fixed.ljust(HEADER_BYTES - 4, b"\0")
    return padded + zlib.crc32(padded).to_bytes(4, "little")


def decode_header(data: bytes) -> int | None:
    """First record number of a segment, None for a header that is torn or damaged.

    Raises ConfigError when a newer program wrote it.
    """
    if len(data) < HEADER_BYTES or data[:8] != MAGIC:
        return None
    crc = int.from_bytes(data[HEADER_BYTES - 4 : HEADER_BYTES], "little")
    if zlib.crc32(data[: HEADER_BYTES - 4]) != crc:
        return None
    _, version, _, _, first_no, _ = _HEADER.unpack_from(data)
    if version > VERSION:
        raise ConfigError(
            "journal.newer",
            f"The journal was written in format {version}; this program knows {VERSION}.",
            hint="Start the newer program again, or give this one its own data folder.",
        )
    return int(first_no)


def encode_record(no: int, entry: Entry) -> bytes:
    """One record as it stands in a segment."""
    tenant, edge = entry.tenant.encode(), entry.edge.encode()
    if len(entry.body) > BODY_MAX_BYTES:
        raise ValueError(f"a journal record holds at most {BODY_MAX_BYTES} bytes, got {len(entry.body)}")
    head = _HEAD.pack(
        MARKER,
        0,
        no,
        entry.received_us,
        entry.stream.bytes,
        entry.seq,
        _KIND_CODE[entry.kind],
        _HIST if entry.hist else 0,
        len(tenant),
        len(edge),
        len(entry.body),
        zlib.crc32(entry.body),
    )
    rest = head[8:] + tenant + edge
    return head[:4] + zlib.crc32(rest).to_bytes(4, "little") + rest + entry.body


def decode_head(data: memoryview, at: int) -> Head | None:
    """The head at `at`, None when there is no sound one (end of the data, torn, flipped bits)."""
    if at + HEAD_BYTES > len(data):
        return None
    (marker, crc, no, received_us, stream, seq, kind, flags, tenant_len, edge_len, body_bytes, body_crc) = (
        _HEAD.unpack_from(data, at)
    )
    names_at = at + HEAD_BYTES
    body_at = names_at + tenant_len + edge_len
    if marker != MARKER or kind >= len(KINDS) or body_bytes > BODY_MAX_BYTES or body_at > len(data):
        return None
    if zlib.crc32(data[at + 8 : body_at]) != crc:
        return None
    names = bytes(data[names_at:body_at]).decode("utf-8", "replace")
    return Head(
        no=no,
        tenant=names[:tenant_len],
        edge=names[tenant_len:],
        stream=UUID(bytes=stream),
        seq=seq,
        kind=KINDS[kind],
        hist=bool(flags & _HIST),
        received_us=received_us,
        body_at=body_at,
        body_bytes=body_bytes,
        body_crc=body_crc,
    )


def decode_body(data: memoryview, head: Head) -> bytes | None:
    """The body that belongs to `head`, None when it is cut short or its crc does not fit."""
    if head.end > len(data):
        return None
    body = bytes(data[head.body_at : head.end])
    return body if zlib.crc32(body) == head.body_crc else None


def record_of(head: Head, body: bytes) -> Record:
    """Head and body put together."""
    entry = Entry(head.tenant, head.edge, head.stream, head.seq, head.kind, head.hist, head.received_us, body)
    return Record(head.no, entry)
