"""Element: one component on a page or in a block; its place is kept apart, in the layout."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from schemas.identifiers import ElementId, Identifier
from schemas.models.access import Access
from schemas.models.action import Action, Steps
from schemas.models.base import Document
from schemas.models.binding import Binding

ComponentType = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
#: A block of another maker, `<maker>.<block>`: the dot keeps it apart from every built-in block, now and later.
CODE_BLOCK_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,19}\.[a-z0-9][a-z0-9_-]{0,29}$"
CodeBlockId = Annotated[str, StringConstraints(pattern=CODE_BLOCK_PATTERN)]
JsonPointer = Annotated[str, Field(pattern=r"^(/[^/]*)+$", max_length=200)]

#: Elements whose type begins so show a block of the app: `composite.<id>`, `props_version` its version.
COMPOSITE_PREFIX = "composite."
ELEMENTS_MAX = 2000
_CODE_BLOCK = re.compile(CODE_BLOCK_PATTERN.replace("$", r"\Z"))


def is_code_block(component: str) -> bool:
    """Whether this is the type of a block of another maker."""
    return _CODE_BLOCK.match(component) is not None and not component.startswith(COMPOSITE_PREFIX)


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
