"""Latest values as the JSON of the WebSocket and of the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from platform_core.live.latest import KIND_CODE, NEVER, LatestRows
from schemas.quality import BAD_FROM

JSON_INTEGER_MAX: Final = 2**53
_dumps: Final[Callable[[Any], str]] = json.JSONEncoder(
    separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
).encode


def columns_of(rows: LatestRows, fresh: NDArray[np.uint8]) -> dict[str, list[Any]]:
    """`id, v, q, ts, fresh, good` as plain lists; `fresh` by row. v is null where bad or never received."""
    has_value = rows.ts != NEVER
    bad = (rows.q >= BAD_FROM) | ~has_value
    has_good = bad & (rows.good_ts != NEVER)
    good: list[Any] = [None] * len(rows.id)
    if has_good.any():
        at = np.flatnonzero(has_good)
        values = _values(rows.kind[at], rows.good_bits[at], rows.good_text[at], np.zeros(len(at), dtype=bool))
        for row, value, ts in zip(at.tolist(), values, rows.good_ts[at].tolist(), strict=True):
            good[row] = [value, ts]
    return {
        "id": rows.id.tolist(),
        "v": _values(rows.kind, rows.bits, rows.text, bad),
        "q": rows.q.tolist(),
        "ts": np.where(has_value, rows.ts, 0).tolist(),
        "fresh": fresh.tolist(),
        "good": good,
    }


def message(kind: str, now_us: int, rows: LatestRows, fresh: NDArray[np.uint8], req: int | None = None) -> str:
    """A `snap` or `data` message of the WebSocket."""
    head: dict[str, Any] = {"type": kind} if req is None else {"type": kind, "req": req}
    return _dumps({**head, "now": now_us, **columns_of(rows, fresh)})


def plain(content: dict[str, Any]) -> str:
    """Any other message."""
    return _dumps(content)


def _values(
    kinds: NDArray[np.uint8], bits: NDArray[np.uint64], text: NDArray[Any], null: NDArray[np.bool_]
) -> list[Any]:
    present = np.unique(kinds[~null]).tolist()
    if len(present) == 1 and not null.any():
        return _of_kind(present[0], bits, text)
    out: list[Any] = [None] * len(kinds)
    for code in present:
        at = np.flatnonzero((kinds == code) & ~null)
        for row, value in zip(at.tolist(), _of_kind(code, bits[at], text[at]), strict=True):
            out[row] = value
    return out


def _of_kind(code: int, bits: NDArray[np.uint64], text: NDArray[Any]) -> list[Any]:
    if code == KIND_CODE["s"]:
        return list(text.tolist())
    if code == KIND_CODE["b"]:
        return list((bits != 0).tolist())
    if code == KIND_CODE["f"]:
        floats: list[Any] = bits.view(np.float64).tolist()
        finite = np.isfinite(bits.view(np.float64))
        return floats if finite.all() else [v if ok else None for v, ok in zip(floats, finite, strict=True)]
    integers: list[Any] = (bits.view(np.int64) if code == KIND_CODE["i"] else bits).tolist()
    if max(integers, default=0) <= JSON_INTEGER_MAX and min(integers, default=0) >= -JSON_INTEGER_MAX:
        return integers
    return [v if -JSON_INTEGER_MAX <= v <= JSON_INTEGER_MAX else str(v) for v in integers]
