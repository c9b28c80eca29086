"""What a reader sees of a value: its text in the reader's language, and where it stands against its limits.

As the browser does it (`sdk/format`, `sdk/chart/scale_of`); one file of cases holds for both.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from platform_core.services.documents.values import Scalar, key_of
from schemas.models.tag import Limits, TagMeta

Language = Literal["en", "zh-CN"]
LimitLevel = Literal["normal", "lo_lo", "lo", "hi", "hi_hi"]

NONE_TEXT = "—"
SIGNIFICANT_DIGITS = 6
_TRUTH: dict[Language, tuple[str, str]] = {"en": ("Yes", "No"), "zh-CN": ("是", "否")}


def shown_text(value: Scalar, meta: TagMeta, language: Language, decimals: int | None, *, is_whole: bool) -> str:
    """Number and unit, or the value's text. ``decimals`` are those of the element; ``is_whole``: the tag counts."""
    if value is None:
        return _with_unit(NONE_TEXT, meta.unit)
    word = meta.texts_i18n.get(language, {}).get(key_of(value), meta.texts.get(key_of(value)))
    if word is not None:
        return word
    if isinstance(value, bool):
        return _TRUTH[language][0 if value else 1]
    if isinstance(value, str):
        return value
    places = decimals if decimals is not None else meta.decimals
    if places is None and is_whole:
        places = 0
    return _with_unit(number_text(value, places), meta.unit)


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text


def number_text(value: float, decimals: int | None) -> str:
    """Digits in groups of three; ``decimals`` None means six significant digits. What rounds to 0 has no sign."""
    number = Decimal(repr(value))
    if decimals is None:
        rounded = Context(prec=SIGNIFICANT_DIGITS, rounding=ROUND_HALF_UP).plus(number)
        text = f"{rounded:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        rounded = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, Context(prec=400))
        text = f"{rounded:,f}"
    return text.removeprefix("-") if rounded == 0 else text


def limit_level(value: Scalar, limits: Limits) -> LimitLevel:
    """Where a value stands; without limits, or without a number, everything is normal."""
    if isinstance(value, bool):
        value = int(value)
    if not isinstance(value, int | float):
        return "normal"
    if limits.hi_hi is not None and value >= limits.hi_hi:
        return "hi_hi"
    if limits.hi is not None and value >= limits.hi:
        return "hi"
    if limits.lo_lo is not None and value <= limits.lo_lo:
        return "lo_lo"
    return "lo" if limits.lo is not None and value <= limits.lo else "normal"
