"""Lengths of OPC UA variants that are no single value, so that what follows them is found.

Every step moves on by at least a byte and nothing is allocated: a hostile server can cost no more than
one pass over what it sent. OPC UA Part 6, §5.2.2.
"""

from __future__ import annotations

import struct
from typing import Final

__all__ = ["FIXED_SIZE", "skip_variant"]

FIXED_SIZE: Final[dict[int, int]] = {
    1: 1,
    2: 1,
    3: 1,
    4: 2,
    5: 2,
    6: 4,
    7: 4,
    8: 8,
    9: 8,
    10: 4,
    11: 8,
    13: 8,
    14: 16,
    19: 4,
}
_NODE_ID_SIZE: Final[dict[int, int]] = {0: 2, 1: 4, 2: 7, 4: 19}
_STRINGS = frozenset({12, 15, 16})
_NODE_ID, _EXPANDED, _QUALIFIED, _LOCALIZED, _EXTENSION, _VARIANT = 17, 18, 20, 21, 22, 24
_ARRAY, _DIMENSIONS, _TYPE = 0x80, 0x40, 0x3F
_DEPTH_MAX = 8


def skip_variant(body: bytes, at: int, depth: int = 0) -> int:
    """Where the thing after the variant at `at` begins; IndexError or struct.error past the end.

    Raises ValueError for a type that cannot be measured.
    """
    if depth > _DEPTH_MAX:
        raise ValueError("variants within variants")
    encoding = body[at]
    of = encoding & _TYPE
    at += 1
    if not encoding & _ARRAY:
        return at if of == 0 else _skip(of, body, at, depth)
    count = max(0, _int(body, at))
    at += 4
    size = FIXED_SIZE.get(of)
    if size is not None:
        at += count * size
    else:
        for _ in range(count):
            at = _skip(of, body, at, depth)
    if encoding & _DIMENSIONS:
        at += 4 + 4 * max(0, _int(body, at))
    return at


def _skip(of: int, body: bytes, at: int, depth: int) -> int:
    size = FIXED_SIZE.get(of)
    if size is not None:
        return at + size
    if of in _STRINGS:
        return _skip_string(body, at)
    if of in (_NODE_ID, _EXPANDED):
        return _skip_node_id(body, at)
    if of == _QUALIFIED:
        return _skip_string(body, at + 2)
    if of == _LOCALIZED:
        mask = body[at]
        at += 1
        for part in (1, 2):
            at = _skip_string(body, at) if mask & part else at
        return at
    if of == _EXTENSION:
        at = _skip_node_id(body, at)
        return _skip_string(body, at + 1) if body[at] else at + 1
    if of == _VARIANT:
        return skip_variant(body, at, depth + 1)
    raise ValueError(f"built-in type {of}")


def _skip_node_id(body: bytes, at: int) -> int:
    form = body[at]
    size = _NODE_ID_SIZE.get(form & 0x0F)
    end = at + size if size is not None else _skip_string(body, at + 3)
    if form & 0x80:
        end = _skip_string(body, end)
    return end + 4 if form & 0x40 else end


def _skip_string(body: bytes, at: int) -> int:
    return at + 4 + max(0, _int(body, at))


def _int(body: bytes, at: int) -> int:
    number: int = struct.unpack_from("<i", body, at)[0]
    return number
