"""App: a document of pages; a page: elements by stable id, apart from their layout."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from schemas.identifiers import ElementId, Identifier
from schemas.models.base import Document
from schemas.models.binding import Binding

Text = Annotated[dict[str, str], Field(min_length=1, max_length=16)]
ComponentType = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,79}$")]
JsonPointer = Annotated[str, Field(pattern=r"^(/[^/]*)+$", max_length=200)]

ELEMENTS_MAX = 2000


class Parent(Document):
    """The slot of another element that holds this one."""

    id: ElementId = Field(description="The holding element.")
    slot: Identifier = Field(description="Name of its slot.")


class Element(Document):
    """One component on a page."""

    type: ComponentType = Field(description="Component.")
    props_version: int = Field(ge=1, description="Shape of its props.")
    parent: Parent | None = Field(default=None, description="Null: directly on the page.")
    props: dict[str, Any] = Field(default={}, description="Its configuration.")
    bind: dict[JsonPointer, Binding] = Field(
        default={}, max_length=64, description="Pointer to an input or a prop → where it comes from."
    )
    inputs: dict[str, Any] = Field(default={}, description="Settings of its inputs.")
    events: dict[str, Any] = Field(default={}, description="Event → actions.")
    access: dict[str, Any] = Field(default={}, description="Who sees or uses it.")


class GridItem(Document):
    """Place on the 12-column grid."""

    x: int = Field(ge=0, le=11, description="First column.")
    y: int = Field(ge=0, le=10_000, description="First row.")
    w: int = Field(ge=1, le=12, description="Columns.")
    h: int = Field(ge=1, le=1000, description="Rows.")

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.x + self.w > 12:
            raise ValueError("the item is wider than the grid's 12 columns")
        return self


class GridLayout(Document):
    """Layout on a grid."""

    kind: Literal["grid"] = Field(description="Kind of layout.")
    items: dict[ElementId, GridItem] = Field(default={}, description="Element → place.")


class PageLayout(Document):
    """Layout per breakpoint; what is missing is derived from `lg`."""

    lg: GridLayout = Field(description="PC.")
    md: GridLayout | None = Field(default=None, description="Tablet.")
    sm: GridLayout | None = Field(default=None, description="Phone.")


class PageParam(Document):
    """A parameter of a page, kept in the URL."""

    type: Literal["asset", "text", "number"] = Field(description="What it is.")
    default: str | float | None = Field(default=None, description="Its value when the URL has none.")
    options: tuple[str, ...] = Field(default=(), max_length=500, description="What may be chosen.")


class PageRange(Document):
    """The time range control of a page."""

    default: Literal["10m", "1h", "8h", "shift", "day"] = Field(default="1h", description="First range.")


class PageDocument(Document):
    """pages/<id>.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id = file name.")
    title: Text = Field(description="Title by language.")
    archetype: Literal["workspace", "station", "review", "wall"] = Field(
        default="workspace", description="What the page is for."
    )
    range: PageRange | None = Field(default=None, description="Time range control; null: none.")
    params: dict[Identifier, PageParam] = Field(default={}, description="Parameters.")
    elements: dict[ElementId, Element] = Field(default={}, max_length=ELEMENTS_MAX, description="Elements by id.")
    layout: PageLayout = Field(description="Where they are.")


class RoleNeed(Document):
    """A signal the app asks for."""

    role: Identifier = Field(description="Role.")
    kind: Literal["f", "i", "u", "b", "s", "number", "any"] = Field(default="any", description="Kind of value.")
    unit: str = Field(default="", max_length=40, description="Unit expected.")
    required: bool = Field(default=True, description="Whether the app works without.")


class NavItem(Document):
    """An entry of the app's menu."""

    page: Identifier = Field(description="Page.")
    label: Text = Field(description="Text by language.")
    icon: str = Field(default="", max_length=40, description="Icon.")


class AppDocument(Document):
    """app.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id of the app.")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", description="Version.")
    name: Text = Field(description="Name by language.")
    icon: str = Field(default="", max_length=40, description="Icon.")
    requires: dict[ComponentType, int] = Field(default={}, description="Component → version of its props.")
    roles: tuple[RoleNeed, ...] = Field(default=(), max_length=500, description="Signals it asks for.")
    nav: tuple[NavItem, ...] = Field(default=(), max_length=100, description="Menu.")
    home: Identifier = Field(description="First page.")
    params: dict[Identifier, PageParam] = Field(default={}, description="Parameters of all pages.")
