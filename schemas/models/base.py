"""What every document model shares: unknown fields are refused, instances do not change."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

#: Versions of Interlock something runs in: comparators that must all hold, such as ``>=0.3 <1``.
ENGINE_PATTERN = r"^(>=|<=|>|<|=)[0-9]{1,6}(\.[0-9]{1,6}){0,2}( (>=|<=|>|<|=)[0-9]{1,6}(\.[0-9]{1,6}){0,2}){0,3}$"


class Document(BaseModel):
    """A part of a document or a configuration: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
