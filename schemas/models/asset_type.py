"""Asset type: what all machines of a kind have in common: their signal roles, and what those mean."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import Identifier
from schemas.models.access import Text
from schemas.models.base import Document
from schemas.models.tag import Limits


class SignalRole(Document):
    """A signal such a machine has. What it says of unit, limits and texts is inherited where the tag says nothing."""

    role: Identifier = Field(description="Role, for example temperature.")
    label: Text = Field(description="Name by language.")
    kind: Literal["number", "boolean", "text", "any"] = Field(default="any", description="Kind of value.")
    unit: str = Field(default="", max_length=40, description="Unit.")
    decimals: int | None = Field(default=None, ge=0, le=10, description="Decimals shown.")
    span: tuple[float, float] | None = Field(default=None, description="Lowest and highest value.")
    limits: Limits = Field(default=Limits(), description="Limits.")
    texts: dict[str, str] = Field(default={}, max_length=256, description="Text for each value.")
    texts_i18n: dict[str, dict[str, str]] = Field(default={}, max_length=32, description="The same by language.")
    colors: dict[str, str] = Field(default={}, max_length=256, description="Colour meaning of each value.")
    required: bool = Field(default=False, description="Whether apps of this type need it.")
    keywords: tuple[str, ...] = Field(
        default=(), max_length=40, description="Words by which a tag of this role is found, in any language."
    )
    writable: bool = Field(default=False, description="Whether apps may write it.")


class AssetType(Document):
    """A kind of machine."""

    id: Identifier = Field(description="Id.")
    name: Text = Field(description="Name by language.")
    icon: str = Field(default="", max_length=40, description="Icon.")
    roles: Annotated[tuple[SignalRole, ...], Field(max_length=500)] = Field(default=(), description="Its signals.")
