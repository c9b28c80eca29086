"""Element: one component on a page or in a block; its place is kept apart, in the layout."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from schemas.identifiers import ElementId, Identifier
from schemas.models.access import Access
from schemas.models.action import Action, Steps
from schemas.models.base import Document
from schemas.models.binding import Binding

ComponentType = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
JsonPointer = Annotated[str, Field(pattern=r"^(/[^/]*)+$", max_length=200)]

#: Elements whose type begins so show a block of the app: `composite.<id>`, `props_version` its version.
COMPOSITE_PREFIX = "composite."
ELEMENTS_MAX = 2000


class Parent(Document):
    """The slot of another element that holds this one."""

    id: ElementId = Field(description="The holding element.")
    slot: Identifier = Field(description="Name of its slot.")


class Element(Document):
    """One component on a page."""

    type: ComponentType = Field(description="Component, or `composite.<id>` for a block of this app.")
    props_version: int = Field(ge=1, description="Shape of its props; of a block, its version.")
    parent: Parent | None = Field(default=None, description="Null: directly on the page.")
    props: dict[str, Any] = Field(default={}, description="Its configuration.")
    bind: dict[JsonPointer, Binding] = Field(
        default={},
        max_length=64,
        description="Pointer to an input, a write, a property, or /@visible, /@enabled, /@tone → where it comes from.",
    )
    inputs: dict[str, Any] = Field(default={}, description="Settings of its inputs.")
    events: dict[Identifier, Action | Steps] = Field(default={}, max_length=32, description="Event → steps.")
    access: Access = Field(default=Access(), description="Who sees or uses it.")
    name: str = Field(default="", max_length=80, description="Name in the outline; empty: that of its component.")
    locked: bool = Field(default=False, description="The designer does not move or change it.")
    group: Identifier | None = Field(default=None, description="Elements of one group are selected together.")
