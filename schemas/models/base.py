"""What every document model shares: unknown fields are refused, instances do not change."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, JsonValue

#: Versions of Interlock something runs in: comparators that must all hold, such as ``>=0.3 <1``.
ENGINE_PATTERN = r"^(>=|<=|>|<|=)[0-9]{1,6}(\.[0-9]{1,6}){0,2}( (>=|<=|>|<|=)[0-9]{1,6}(\.[0-9]{1,6}){0,2}){0,3}$"

#: For `json_schema_extra`: a setting that is a secret itself, and one that names a file which holds one. Both are known
#: by these marks wherever a configuration is shown, logged or exported.
SECRET: dict[str, JsonValue] = {"writeOnly": True}
SECRET_FILE: dict[str, JsonValue] = {"x-secret-file": True}


class Document(BaseModel):
    """A part of a document or a configuration: closed, immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)
