"""Composite: a block an ISV makes of others, without code; a version of it never changes once it is used."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import ElementId, Identifier
from schemas.models.access import Text
from schemas.models.base import Document
from schemas.models.component import ComponentLayout
from schemas.models.element import ELEMENTS_MAX, Element
from schemas.models.layout import Layout


class CompositeParam(Document):
    """What an instance sets: read inside the block as a page parameter is read on a page."""

    type: Literal["asset", "text", "number", "boolean"] = Field(description="What it is.")
    label: Text = Field(description="Its name in the inspector, by language.")
    default: str | float | bool | None = Field(default=None, description="Its value where the instance sets none.")
    asset_type: Identifier | None = Field(default=None, description="asset: type of the assets that fit.")


class CompositeDocument(Document):
    """blocks/<id>.<version>.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id; elements name it as `composite.<id>`.")
    version: int = Field(ge=1, le=10_000, description="Version; elements name it as their `props_version`.")
    name: Text = Field(description="Name by language.")
    note: str = Field(default="", max_length=500, description="What is new in this version.")
    params: dict[Identifier, CompositeParam] = Field(default={}, max_length=64, description="What an instance sets.")
    faceplate_of: Identifier | None = Field(
        default=None, description="Asset type this block shows when an asset is dropped on a page."
    )
    size: ComponentLayout = Field(description="Sizes of an instance.")
    elements: Annotated[dict[ElementId, Element], Field(max_length=ELEMENTS_MAX)] = Field(
        default={}, description="Elements by id."
    )
    layout: Layout = Field(description="Where they are.")
