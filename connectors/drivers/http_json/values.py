"""JSON values as tags have them, and the device's time."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Final

from connectors.decode import clean_text
from schemas.models.tag import TagConfig
from schemas.quality import Quality

__all__ = ["convert", "device_time_us"]

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
