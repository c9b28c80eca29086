"""What people may type for a tag: a value of its type, within its span, one of its texts. Nothing is clipped."""

from __future__ import annotations

import math
from typing import Final

from connectors.text_values import TRUTH, value_of_text
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig
from schemas.quality import Quality

__all__ = ["checked"]

_NAMED_MAX: Final = 20


def checked(tag: TagConfig, text: str) -> str:
    """The value as it is kept, raw. A choice may be given by its text for people. Raises ConfigError."""
    text = text.strip()
    if not text:
        raise ConfigError("entry.empty", f"{tag.name}: nothing was given", hint="Give a value.")
    text = _choice(tag, text)
    if tag.type == "string":
        return _line(tag, text)
    if "," in text:
        raise ConfigError(
            "entry.comma", f"{tag.name}: {text[:40]} may mean two numbers", hint="Write 12.5, and 1200 without a comma."
        )
    value, quality = value_of_text(tag, text)
    if quality == Quality.OVERFLOW:
        raise ConfigError("entry.too_large", f"{tag.name}: {text[:40]} is too large for {tag.type}")
    if quality != Quality.GOOD or (isinstance(value, float) and not math.isfinite(value)):
        raise ConfigError("entry.kind", f"{tag.name}: '{text[:40]}' is not {_wanted(tag)}")
    if tag.type == "bool":
        return "1" if value else "0"
    if tag.bit is not None:  # the whole register is typed
        return str(int(text))
    assert isinstance(value, int | float)
    _within(tag, value)
    return repr(value)


def _within(tag: TagConfig, value: float) -> None:
    shown = value if tag.scale is None and tag.offset is None else value * (tag.scale or 1.0) + (tag.offset or 0.0)
    if tag.span is not None and not tag.span[0] <= shown <= tag.span[1]:
        low, high = tag.span
        raise ConfigError(
            "entry.span", f"{tag.name}: {shown:g} is not between {low:g} and {high:g} {tag.unit}".rstrip(),
            hint="Look at the gauge again; the span of the tag says what it can show.",
        )  # fmt: skip


def _choice(tag: TagConfig, text: str) -> str:
    """The value that a text for people stands for. Where the tag has texts, there are no other values."""
    if not tag.texts or tag.type.startswith("float"):
        return text
    if text in tag.texts:
        return text
    for texts in (tag.texts, *tag.texts_i18n.values()):
        for value, words in texts.items():
            if words.casefold() == text.casefold() and value in tag.texts:
                return value
    if tag.type == "bool" and text.lower() in TRUTH:
        return text
    known = ", ".join(f"{value} = {words}" for value, words in list(tag.texts.items())[:_NAMED_MAX])
    raise ConfigError("entry.choice", f"{tag.name}: '{text[:40]}' is none of its values", hint=f"Give one of: {known}.")


def _line(tag: TagConfig, text: str) -> str:
    if not text.isprintable():
        raise ConfigError("entry.characters", f"{tag.name}: the text has characters that cannot be printed",
                          hint="Write it in one line.")  # fmt: skip
    if len(text) > (tag.length or 0):
        raise ConfigError("entry.length", f"{tag.name}: {len(text)} characters are too many",
                          hint=f"Up to {tag.length} are kept.")  # fmt: skip
    return text


def _wanted(tag: TagConfig) -> str:
    if tag.type == "bool":
        return "1 or 0"
    if tag.type.startswith("float"):
        return "a number"
    return "a whole number from 0 on" if tag.type.startswith("u") else "a whole number"
