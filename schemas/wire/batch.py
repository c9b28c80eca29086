"""The envelope of a batch: what an agent publishes on `…/b/{k}`.

A msgpack map `{v, s, n, k, boot, wall, mono, rev, z, crc, hist, body}`. `crc` is CRC-32 (zlib)
over the fields that say whose batch it is, then the body as sent; `hist` is decided at sending
and lies outside it.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args
from uuid import UUID

import msgpack

from schemas.errors import WireError
from schemas.wire.body import (
    Compression,
    decode_columns,
    decode_records,
    encode_columns,
    encode_records,
    unpack_map,
)

__all__ = [
    "Batch",
    "BatchKind",
    "checksum",
    "decode_columns",
    "decode_records",
    "encode_columns",
    "encode_records",
    "make_batch",
    "pack",
    "unpack",
]

WIRE_VERSION = 1
MESSAGE_SIZE_MAX = 1024 * 1024
SEQ_MAX = 2**63 - 1

BatchKind = Literal["data", "dict", "gap", "event", "snapshot"]
BATCH_KINDS: tuple[BatchKind, ...] = get_args(BatchKind)

#: stream, seq, kind (its place in BATCH_KINDS), boot, wall, mono; then rev, 0x00, z, 0x00, body.
_CHECKED = struct.Struct("<16sQBQqq")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of one stream.

    `seq` counts from 1 within `stream`; a snapshot is not part of the stream and has 0.
    `boot` counts the agent's starts, `wall` and `mono` are its clocks in µs when the batch was
    closed, `rev` is the hash of the configuration it was made with.
    """

    stream: UUID
    seq: int
    kind: BatchKind
    boot: int
    wall: int
    mono: int
    rev: str
    z: Compression
    crc: int
    body: bytes
    hist: bool = False

    def historical(self, hist: bool) -> Batch:
        """The same batch flagged (or not) as historical; the crc does not change."""
        return replace(self, hist=hist)


def checksum(
    stream: UUID,
    seq: int,
    kind: BatchKind,
    boot: int,
    wall: int,
    mono: int,
    rev: str,
    z: str,
    body: bytes,
) -> int:
    """CRC-32 of a batch, without `hist`."""
    head = _CHECKED.pack(stream.bytes, seq, BATCH_KINDS.index(kind), boot, wall, mono)
    return zlib.crc32(body, zlib.crc32(head + rev.encode() + b"\0" + z.encode() + b"\0"))


def make_batch(
    stream: UUID,
    seq: int,
    kind: BatchKind,
    body: bytes,
    *,
    boot: int,
    wall: int,
    mono: int,
    rev: str,
    z: Compression = "zstd",
    hist: bool = False,
) -> Batch:
    """A batch with its checksum."""
    crc = checksum(stream, seq, kind, boot, wall, mono, rev, z, body)
    return Batch(stream, seq, kind, boot, wall, mono, rev, z, crc, body, hist)


def pack(batch: Batch) -> bytes:
    """The MQTT payload of a batch."""
    packed: bytes = msgpack.packb(
        {
            "v": WIRE_VERSION,
            "s": batch.stream.bytes,
            "n": batch.seq,
            "k": batch.kind,
            "boot": batch.boot,
            "wall": batch.wall,
            "mono": batch.mono,
            "rev": batch.rev,
            "z": batch.z,
            "crc": batch.crc,
            "hist": batch.hist,
            "body": batch.body,
        }
    )
    return packed


def unpack(payload: bytes) -> Batch:
    """The batch in an MQTT payload; members it does not know are ignored.

    Raises WireError where the payload is too large, damaged, of another version, or where its
    checksum does not fit.
    """
    if len(payload) > MESSAGE_SIZE_MAX:
        raise WireError("wire.too_large", f"A message has at most {MESSAGE_SIZE_MAX} bytes.")
    content = unpack_map(payload)
    if content.get("v") != WIRE_VERSION:
        raise WireError(
            "wire.version",
            f"The batch has wire version {content.get('v')!r}; this program reads {WIRE_VERSION}.",
            hint="Update the older side.",
        )
    try:
        batch = _batch(content)
    except (KeyError, TypeError, ValueError) as error:
        raise WireError("wire.envelope", f"The envelope is damaged: {error!r}.") from error
    expected = checksum(
        batch.stream,
        batch.seq,
        batch.kind,
        batch.boot,
        batch.wall,
        batch.mono,
        batch.rev,
        batch.z,
        batch.body,
    )
    if expected != batch.crc:
        raise WireError("wire.crc", f"The checksum of batch {batch.seq} does not fit.")
    return batch


def _batch(content: dict[str, Any]) -> Batch:
    kind, z = content["k"], content["z"]
    if kind not in BATCH_KINDS or z not in get_args(Compression):
        raise ValueError(f"kind {kind!r}, compression {z!r}")
    body, rev = content["body"], content["rev"]
    if not isinstance(body, bytes) or not isinstance(rev, str) or len(rev) > 64:
        raise ValueError("body or rev")
    hist = content["hist"]
    if type(hist) is not bool:
        raise ValueError(f"hist = {hist!r}")
    seq = _integer(content, "n", 0, SEQ_MAX)
    if (seq == 0) != (kind == "snapshot"):
        raise ValueError(f"seq {seq} in a batch of kind {kind!r}")
    return Batch(
        stream=UUID(bytes=content["s"]),
        seq=seq,
        kind=kind,
        boot=_integer(content, "boot", 0, SEQ_MAX),
        wall=_integer(content, "wall", -SEQ_MAX, SEQ_MAX),
        mono=_integer(content, "mono", -SEQ_MAX, SEQ_MAX),
        rev=rev,
        z=z,
        crc=_integer(content, "crc", 0, 2**32 - 1),
        body=body,
        hist=hist,
    )


def _integer(content: dict[str, Any], name: str, low: int, high: int) -> int:
    value = content[name]
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} = {value!r}")
    return value
