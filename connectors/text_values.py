"""Values that stand in a text, as files have them and people type them."""

from __future__ import annotations

import re
from typing import Final

from connectors.json_values import convert
from schemas.models.tag import TagConfig
from schemas.quality import Quality

__all__ = ["TRUTH", "value_of_text"]

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,20}\Z", re.ASCII)
_SPECIAL: Final = {"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}
TRUTH: Final = {"1": True, "true": True, "0": False, "false": False}


def value_of_text(tag: TagConfig, text: str) -> tuple[float | int | bool | str, Quality]:
    """Value and quality. An empty text is bad, but for strings; what is no value of the type is never guessed at."""
    if tag.type == "string":
        return convert(tag, text)
    text = text.strip()
    if not text:
        return 0, Quality.BAD
    if tag.type == "bool":
        truth = TRUTH.get(text.lower())
        return (0, Quality.TYPE_MISMATCH) if truth is None else (truth, Quality.GOOD)
    if _WHOLE.match(text):
        return convert(tag, int(text))
    if _NUMBER.match(text) or text.lower() in _SPECIAL:
        return convert(tag, float(text))
    return 0, Quality.TYPE_MISMATCH
