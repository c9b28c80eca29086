"""What stands on the plain JSON topics `prefix/site/connection/tag` and `prefix/site`."""

from __future__ import annotations

from pydantic import Field

from schemas.models.base import Document


class JsonTopicValue(Document):
    """The latest value of a tag."""

    v: float | int | bool | str | None = Field(
        description="Value, null where it is bad; an integer beyond 2^53 is text, so that no reader rounds it."
    )
    q: int = Field(ge=0, le=255, description="Quality: below 64 good, below 128 uncertain, from 128 bad.")
    ts: int = Field(description="Time of the value, µs UTC.")
    unit: str = Field(description="Unit, empty where the tag has none.")


class JsonTopicPresence(Document):
    """Whether the agent that writes the values is connected; values under it are old while it is not."""

    online: bool = Field(description="false: it has gone, or the broker has lost it.")
    ts: int = Field(description="Time of the connection or of the goodbye, µs UTC.")
