"""What every document model shares: unknown fields are refused, instances do not change."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A part of a document or a configuration: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
