"""Sample: a value with its quality and time, as the API shows it."""

from __future__ import annotations

from enum import IntEnum

from pydantic import Field

from schemas.models.base import Document

#: null where the quality is bad; integers beyond 2^53 travel as text.
SampleValue = float | int | bool | str | None


class Freshness(IntEnum):
    """Derived from heartbeats, never stored."""

    FRESH = 0
    STALE = 1
    OFFLINE = 2


class GoodValue(Document):
    """The last good value of a tag that is bad now."""

    v: SampleValue = Field(description="Value.")
    ts: int = Field(description="Its time, µs UTC.")


class Sample(Document):
    """The current value of a tag."""

    id: int = Field(ge=1, description="The platform's id of the tag.")
    v: SampleValue = Field(description="Value; null when bad.")
    q: int = Field(ge=0, le=255, description="Quality code.")
    ts: int = Field(description="Time of the value, µs UTC.")
    fresh: Freshness = Field(description="0 fresh, 1 stale, 2 offline.")
    good: GoodValue | None = Field(default=None, description="Last good value when bad.")
