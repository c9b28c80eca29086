"""Device template: the tags of a make of device, ready to be used for any number of them."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from schemas.identifiers import Identifier
from schemas.models.base import Document


class TemplateParameter(Document):
    """What a use of a template is asked for."""

    description: str = Field(min_length=1, max_length=200, description="What it is.")
    default: str | int | float | bool | None = Field(default=None, description="Taken where a use gives none.")


class DeviceTemplate(Document):
    """connectors/templates/<id>.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id = name of the file.")
    maker: str = Field(min_length=1, max_length=80, description="Who makes the device.")
    device: str = Field(min_length=1, max_length=80, description="Its model.")
    summary: str = Field(min_length=1, max_length=300, description="What it is.")
    driver: Identifier = Field(description="Driver that reads it.")
    source: str = Field(min_length=1, max_length=300, description="Where the registers are from.")
    notes: str = Field(default="", max_length=1000, description="What must be set in the device, what to watch.")
    params: dict[Identifier, TemplateParameter] = Field(max_length=20, description="What each use gives.")
    config: dict[str, Any] = Field(default={}, description="Settings of the driver, with placeholders.")
    tags: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=2000, description="Tags, with placeholders.")

    @model_validator(mode="after")
    def _prefixed(self) -> Self:
        if "prefix" not in self.params or not all(str(tag.get("name", "")).startswith("{prefix}") for tag in self.tags):
            raise ValueError("every tag's name begins with {prefix}")
        return self
