"""The time of an entry as people write it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from schemas.errors import ConfigError

__all__ = ["entry_time", "shown_time"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_OF_DAY: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?\Z", re.ASCII)
_HINT: Final = "Write 14:30, 2026-11-27 14:30, or 2026-11-27T14:30:00+01:00."


def entry_time(text: str, now: datetime) -> int:
    """µs UTC. Without an offset it is of this computer's zone; a time of day alone is of the day of `now`.

    Raises ConfigError.
    """
    text = text.strip()
    if _OF_DAY.match(text):
        text = f"{now.astimezone():%Y-%m-%d} {text.zfill(len(text) + (text[1] == ':'))}"
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = _here(moment)
        return (moment - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError, OSError):
        raise ConfigError("entry.time", f"'{text[:40]}' is no time", hint=_HINT) from None


def shown_time(ts: int, *, fine: bool = False) -> str:
    """Of this computer's zone, in seconds; `fine`: with all that was given, to be given back."""
    moment = (_EPOCH + timedelta(microseconds=ts)).astimezone()
    return moment.isoformat(sep=" ", timespec="auto" if fine else "seconds")


def _here(moment: datetime) -> datetime:
    first, second = (moment.replace(fold=fold).astimezone() for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise ConfigError(
            "entry.clock_change", f"{moment:%Y-%m-%d %H:%M} is there twice or not at all: the clocks change",
            hint="Write it with its offset, for example 2026-10-25T02:30+01:00.",
        )  # fmt: skip
    return first
