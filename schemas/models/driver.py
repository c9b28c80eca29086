"""Driver: the manifest of a protocol driver, read without importing the driver."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from schemas.identifiers import Identifier
from schemas.models.base import Document

Ability = Literal["browse", "subscribe", "probe", "write", "enter"]


class DriverQuality(Document):
    """How far a driver has been proven."""

    tier: Literal["bronze", "silver", "gold"] = Field(description="Tier reached.")
    exempt: dict[str, str] = Field(default={}, description="Rule → why it does not apply.")


class DriverManifest(Document):
    """manifest.json of a driver folder; the folder's name is the id."""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id = folder = key in the configuration.")
    name: dict[str, str] = Field(description="Name for people, by language.")
    summary: dict[str, str] = Field(description="One sentence, by language.")
    version: str = Field(description="Version of the driver.")
    requires: tuple[str, ...] = Field(default=(), description="Libraries it imports.")
    extra: str = Field(default="", description="Extra of the distribution that installs them.")
    abilities: tuple[Ability, ...] = Field(default=(), description="Optional abilities.")
    address_help: str = Field(default="", description="How a tag's address is written.")
    config_schema: dict[str, Any] = Field(description="JSON Schema of the connection's settings.")
    quality: DriverQuality = Field(description="How far it has been proven.")
