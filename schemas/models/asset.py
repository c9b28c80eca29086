"""Asset: a machine, line or site (ISA-95), and which tag plays which role there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import Identifier
from schemas.models.base import Document
from schemas.models.tag import Language
from schemas.models.tenant import Role

#: Names of an asset by language.
NameByLanguage = Annotated[dict[Language, Annotated[str, Field(min_length=1, max_length=120)]], Field(max_length=16)]
AssetLevel = Literal["site", "area", "line", "machine", "part"]


class Asset(Document):
    """A node of the plant."""

    id: Identifier = Field(description="Id, unique within the tenant.")
    name: str = Field(min_length=1, max_length=120, description="Name for people.")
    name_i18n: NameByLanguage = Field(
        default={}, description="Its name by language; `name` is the last resort, and what files and messages say."
    )
    parent: Identifier | None = Field(default=None, description="Asset it is part of.")
    level: AssetLevel = Field(default="machine", description="Its place in the plant (ISA-95).")
    type: Identifier | None = Field(default=None, description="Asset type, which says the roles.")
    see: Role | None = Field(
        default=None, description="Least role that gets its values, and those of what is inside; null: everybody."
    )


class RoleMapRow(Document):
    """From `valid_from` on, `tag_id` plays `role` at `asset`; a replaced sensor adds a row."""

    asset: Identifier = Field(description="Asset.")
    role: Identifier = Field(description="Role, for example temperature.")
    tag_id: int = Field(ge=1, description="The platform's id of the tag.")
    valid_from: int = Field(description="Time from which it counts, µs UTC.")
