"""The body of a batch: groups of columns, or a list of records; msgpack, then zstd.

A data body is `{"g": [group, …]}`, one group per kind with the members `k` (kind), `id` (u32
little endian), `ts` (i64), `q` (u8), `v` and, where device time is used, `lag` (i32 ms).
`v` is f64, i64, u64 or u8 little endian; for text it is UTF-8 bytes with `o`, n + 1 offsets u32.
A body of records (dictionary, gaps, events) is `{"r": [record, …]}`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgpack
import numpy as np
import zstandard

from schemas.errors import WireError
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns, Kind

Compression = Literal["zstd", "none"]

#: Bounds on what a peer may send; a batch of the agent is far below them.
BODY_SIZE_MAX = 16 * 1024 * 1024
POINTS_MAX = 200_000
RECORDS_MAX = 200_000

_LEVEL = 1


def encode_columns(groups: Sequence[Columns], z: Compression = "zstd") -> bytes:
    """Body bytes of a data or snapshot batch."""
    return _compress(msgpack.packb({"g": [_pack_group(group) for group in groups]}), z)


def decode_columns(body: bytes, z: str) -> list[Columns]:
    """Groups of a data body; raises WireError where it is not one."""
    content = _open(body, z)
    groups = content.get("g")
    if not isinstance(groups, list):
        raise WireError("wire.body", "The body of a data batch has no list of groups.")
    if len(groups) > len(KINDS):
        raise WireError(
            "wire.body", f"A body has {len(groups)} groups; one for each of {len(KINDS)} kinds is the most."
        )
    out = [_unpack_group(group) for group in groups]
    if sum(len(group) for group in out) > POINTS_MAX:
        raise WireError("wire.too_large", f"A batch holds at most {POINTS_MAX} points.")
    return out


def encode_records(records: Sequence[dict[str, Any]], z: Compression = "zstd") -> bytes:
    """Body bytes of a dictionary, gap or event batch."""
    return _compress(msgpack.packb({"r": list(records)}), z)


def decode_records(body: bytes, z: str) -> list[dict[str, Any]]:
    """Records of a body; raises WireError where it is not one."""
    records = _open(body, z).get("r")
    if not isinstance(records, list) or len(records) > RECORDS_MAX:
        raise WireError("wire.body", "The body has no list of records.")
    if not all(isinstance(record, dict) for record in records):
        raise WireError("wire.body", "A record is not a map.")
    return records


def _compress(raw: bytes, z: Compression) -> bytes:
    if z == "none":
        return raw
    # A compressor is not safe to share between threads and costs 2 µs to make.
    return zstandard.ZstdCompressor(level=_LEVEL).compress(raw)


def _open(body: bytes, z: str) -> dict[str, Any]:
    if z == "zstd":
        raw = _decompress(body)
    elif z == "none":
        raw = body
    else:
        raise WireError("wire.compression", f"Unknown compression {z!r}.")
    if len(raw) > BODY_SIZE_MAX:
        raise WireError("wire.too_large", f"A body has at most {BODY_SIZE_MAX} bytes.")
    return unpack_map(raw)


def _decompress(body: bytes) -> bytes:
    try:
        declared = zstandard.frame_content_size(body)
        if not 0 <= declared <= BODY_SIZE_MAX:
            raise WireError("wire.too_large", f"A body has at most {BODY_SIZE_MAX} bytes.")
        return zstandard.ZstdDecompressor().decompress(body, max_output_size=BODY_SIZE_MAX)
    except zstandard.ZstdError as error:
        raise WireError("wire.compression", f"The body cannot be decompressed: {error}.") from error


def unpack_map(raw: bytes) -> dict[str, Any]:
    """A msgpack map with text keys, bounded by its own length; raises WireError."""
    try:
        content = msgpack.unpackb(raw, raw=False, strict_map_key=True)
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise WireError("wire.msgpack", f"Not readable as msgpack: {error}.") from error
    if not isinstance(content, dict):
        raise WireError("wire.msgpack", "Not a msgpack map.")
    return content


def _pack_group(group: Columns) -> dict[str, Any]:
    packed: dict[str, Any] = {
        "k": group.kind,
        "id": group.id.astype("<u4", copy=False).tobytes(),
        "ts": group.ts.astype("<i8", copy=False).tobytes(),
        "q": group.q.astype("u1", copy=False).tobytes(),
    }
    if group.kind == "s":
        texts = [str(text).encode() for text in group.v]
        offsets = np.zeros(len(texts) + 1, dtype="<u4")
        np.cumsum([len(text) for text in texts], out=offsets[1:])
        packed["o"] = offsets.tobytes()
        packed["v"] = b"".join(texts)
    else:
        packed["v"] = group.v.astype(VALUE_DTYPE[group.kind], copy=False).tobytes()
    if group.lag is not None:
        packed["lag"] = group.lag.astype("<i4", copy=False).tobytes()
    return packed


def _unpack_group(group: Any) -> Columns:
    if not isinstance(group, dict) or group.get("k") not in KINDS:
        raise WireError("wire.body", "A group has no known kind.")
    kind: Kind = group["k"]
    try:
        ids = np.frombuffer(group["id"], dtype="<u4")
        ts = np.frombuffer(group["ts"], dtype="<i8")
        q = np.frombuffer(group["q"], dtype="u1")
        lag = np.frombuffer(group["lag"], dtype="<i4") if "lag" in group else None
        v = _texts(group) if kind == "s" else np.frombuffer(group["v"], dtype=VALUE_DTYPE[kind])
        return Columns(kind, ids, ts, q, v, lag)
    except (KeyError, ValueError, TypeError) as error:
        raise WireError("wire.body", f"A group of kind {kind!r} is damaged: {error}.") from error


def _texts(group: dict[str, Any]) -> np.ndarray[Any, np.dtype[Any]]:
    offsets = np.frombuffer(group["o"], dtype="<u4")
    data = group["v"]
    if not isinstance(data, bytes) or len(offsets) == 0:
        raise ValueError("text without offsets")
    if offsets[0] != 0 or offsets[-1] != len(data) or np.any(np.diff(offsets.astype("i8")) < 0):
        raise ValueError("text offsets do not fit")
    bounds = offsets.tolist()
    out = np.empty(len(bounds) - 1, dtype=object)
    for row in range(len(out)):
        out[row] = data[bounds[row] : bounds[row + 1]].decode()
    return out
