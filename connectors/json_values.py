"""JSON documents as drivers meet them: a place in one (RFC 6901), its value as a tag has it, the device's time, and
rows of single values as columns."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from connectors.decode import clean_text, raw_kind
from connectors.driver import Reading
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import KINDS, VALUE_DTYPE, Columns

__all__ = ["Missing", "Row", "Steps", "convert", "device_time_us", "find", "parse_pointer", "readings_of", "rounds_of"]

Steps = tuple[str, ...]
#: One tag's row: value, quality, acquisition time and device time (µs UTC, 0: none).
Row = tuple[float | int | bool | str, int, int, int]
_INDEX = re.compile(r"(0|[1-9][0-9]{0,8})\Z")

_WHOLE: Final = {
    "int16": (-(2**15), 2**15),
    "uint16": (0, 2**16),
    "int32": (-(2**31), 2**31),
    "uint32": (0, 2**32),
    "int64": (-(2**63), 2**63),
    "uint64": (0, 2**64),
}
_FLOAT32_MAX: Final = 3.4028234663852886e38
_TIME_MAX_US: Final = 4_102_444_800_000_000  # 2100-01-01; beyond it the unit is wrong


class Missing(LookupError):
    """The document has nothing at this place."""


def parse_pointer(text: str) -> Steps:
    """Steps of a JSON pointer; "" is the whole document. Raises ValueError."""
    if text and not text.startswith("/"):
        raise ValueError(f"the path '{text}' must start with /")
    if re.search(r"~(?![01])", text):
        raise ValueError(f"in '{text}' a ~ must be written ~0")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def find(document: Any, steps: Steps) -> Any:
    """What lies at a pointer. Raises Missing."""
    node = document
    for step in steps:
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and _INDEX.match(step) and int(step) < len(node):
            node = node[int(step)]
        else:
            raise Missing(step)
    return node


def readings_of(tags: Sequence[TagConfig], found: Mapping[int, Row]) -> list[Reading]:
    """Columns of the rows that are there, by index in the plan."""
    out = []
    for kind in KINDS:
        indexes = [index for index in sorted(found) if raw_kind(tags[index].type, tags[index].bit) == kind]
        if not indexes:
            continue
        rows = [found[index] for index in indexes]
        null: str | int = "" if kind == "s" else 0
        v = np.array([null if row[1] >= BAD_FROM else row[0] for row in rows], dtype=VALUE_DTYPE[kind])
        q = np.array([row[1] for row in rows], dtype="u1")
        ts = np.array([row[2] for row in rows], dtype="<i8")
        device_ts = np.array([row[3] for row in rows], dtype=np.int64)
        columns = Columns(kind, np.array(indexes, dtype="<u4"), ts, q, v)
        out.append(Reading(columns, device_ts if device_ts.any() else None))
    return out


def rounds_of(rows: Sequence[dict[int, Row]]) -> Iterator[dict[int, Row]]:
    """Rows one after another, as few rounds as hold each tag once."""
    current: dict[int, Row] = {}
    for row in rows:
        if not current.keys().isdisjoint(row):
            yield current
            current = {}
        current |= row
    if current:
        yield current


def convert(tag: TagConfig, value: Any) -> tuple[float | int | bool | str, Quality]:
    """Value and quality. `null` is bad; a value of another type is never guessed at."""
    empty: str | int = "" if tag.type == "string" else 0
    if value is None:
        return empty, Quality.BAD
    if tag.type == "string":
        return _text(tag, value) if isinstance(value, str) else (empty, Quality.TYPE_MISMATCH)
    if tag.type == "bool":
        truth = isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))
        return (bool(value), Quality.GOOD) if truth else (empty, Quality.TYPE_MISMATCH)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return empty, Quality.TYPE_MISMATCH
    if tag.type in _WHOLE:
        return _whole(tag, value)
    try:
        number = float(value)
    except OverflowError:
        return empty, Quality.OVERFLOW
    if tag.type == "float32" and math.isfinite(number) and abs(number) > _FLOAT32_MAX:
        return empty, Quality.OVERFLOW
    return number, Quality.GOOD


def device_time_us(value: Any, form: str) -> int:
    """µs UTC of the device's time; 0 where it makes no sense or has no offset."""
    try:
        if form == "iso8601":
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            if moment is None or moment.tzinfo is None:
                return 0
            delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
            time_us = (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
        elif isinstance(value, bool) or not isinstance(value, int | float):
            return 0
        else:
            time_us = round(value * (1_000_000 if form == "unix_s" else 1000))
    except (ValueError, OverflowError):
        return 0
    return time_us if 0 < time_us < _TIME_MAX_US else 0


def _whole(tag: TagConfig, value: int | float) -> tuple[int | bool, Quality]:
    if isinstance(value, float) and not value.is_integer():
        return 0, Quality.TYPE_MISMATCH
    number = int(value)
    low, high = _WHOLE[tag.type]
    if not low <= number < high:
        return 0, Quality.OVERFLOW
    return (number if tag.bit is None else bool(number >> tag.bit & 1)), Quality.GOOD


def _text(tag: TagConfig, value: str) -> tuple[str, Quality]:
    text, sound = clean_text(value.encode("utf-8", "surrogatepass"), "utf-8")
    length = tag.length or 0
    return text[:length], Quality.GOOD if sound and len(text) <= length else Quality.UNCERTAIN
