"""App: a document of pages; a page: elements by stable id, apart from their layout."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import ElementId, Identifier
from schemas.models.access import Access, Text
from schemas.models.asset import AssetLevel
from schemas.models.base import ENGINE_PATTERN, Document
from schemas.models.element import ELEMENTS_MAX, CodeBlockId, ComponentType, Element
from schemas.models.layout import PageLayout

MediaName = Annotated[str, Field(pattern=r"^[0-9a-f]{64}\.(svg|png|jpg|webp)$")]
TokenName = Annotated[str, Field(pattern=r"^--[a-z][a-z0-9-]{0,39}$")]
TokenValue = Annotated[str, Field(pattern=r"^[#a-zA-Z0-9 .,%()-]{1,80}$")]

#: What the product itself keeps in a page's address: no parameter can have these names.
RESERVED_PARAMS = ("at", "detail", "dialog", "from", "kiosk", "range", "to")


class PageParam(Document):
    """A parameter of a page, kept in the URL."""

    type: Literal["asset", "text", "number"] = Field(description="What it is.")
    label: Text | None = Field(default=None, description="Its name in the header, by language.")
    default: str | float | None = Field(default=None, description="Its value when the URL has none.")
    options: tuple[str, ...] = Field(default=(), max_length=500, description="What may be chosen.")
    asset_type: Identifier | None = Field(
        default=None, description="asset: any asset of this type may be chosen, also one that is added later."
    )
    level: AssetLevel | None = Field(default=None, description="asset: any asset of this level may be chosen.")


class StateSpec(Document):
    """A value the app keeps while it is open."""

    type: Literal["number", "text", "boolean"] = Field(description="Type.")
    default: float | bool | str | None = Field(default=None, description="First value.")


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
    icon: str = Field(default="", max_length=40, description="Icon.")
    range: PageRange | None = Field(default=None, description="Time range control; null: none.")
    params: dict[Identifier, PageParam] = Field(
        default={}, description="Parameters, kept in the address: not at, detail, dialog, from, kiosk, range, to."
    )
    state: dict[Identifier, StateSpec] = Field(default={}, max_length=100, description="States of this page.")
    parent: Identifier | None = Field(default=None, description="Page above it in the breadcrumbs.")
    access: Access = Field(default=Access(), description="Who sees it.")
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


class Theme(Document):
    """The look: values of the design tokens that differ from the built-in ones."""

    light: dict[TokenName, TokenValue] = Field(default={}, max_length=100, description="Tokens of the light theme.")
    dark: dict[TokenName, TokenValue] = Field(default={}, max_length=100, description="Tokens of the dark theme.")
    logo: MediaName | None = Field(default=None, description="Picture beside the app's name.")


class KioskStop(Document):
    """A page of the rotation on a wall screen."""

    page: Identifier = Field(description="Page.")
    seconds: int = Field(default=30, ge=5, le=3600, description="How long it is shown.")
    params: dict[Identifier, str] = Field(default={}, description="Its parameters.")


class CodeBlockPin(Document):
    """The exact code of another maker's block that the app was built with."""

    version: str = Field(pattern=r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$", description="Version of the block.")
    hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of its files, as its package says.")


class AppDocument(Document):
    """app.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id of the app.")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", description="Version.")
    name: Text = Field(description="Name by language.")
    engine: str | None = Field(
        default=None,
        max_length=40,
        pattern=ENGINE_PATTERN,
        description="Versions of Interlock it runs in, such as `>=0.3 <1`; null: any that knows its components.",
    )
    icon: str = Field(default="", max_length=40, description="Icon.")
    requires: dict[ComponentType, int] = Field(default={}, description="Component → version of its props.")
    code_blocks: dict[CodeBlockId, CodeBlockPin] = Field(
        default={}, max_length=40, description="Block of another maker → its exact version."
    )
    roles: tuple[RoleNeed, ...] = Field(default=(), max_length=500, description="Signals it asks for.")
    nav: tuple[NavItem, ...] = Field(default=(), max_length=100, description="Menu.")
    home: Identifier = Field(description="First page.")
    params: dict[Identifier, PageParam] = Field(
        default={}, description="Parameters of all pages; not at, detail, dialog, from, kiosk, range, to."
    )
    state: dict[Identifier, StateSpec] = Field(default={}, max_length=100, description="States of the app.")
    access: Access = Field(default=Access(), description="Who sees it.")
    theme: Theme = Field(default=Theme(), description="Its look.")
    kiosk: tuple[KioskStop, ...] = Field(default=(), max_length=50, description="Rotation on a wall screen.")
