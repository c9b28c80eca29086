"""Binding: where an element's input, write or property gets its data.

Keys of `Element.bind` are JSON pointers: `/value` an input (`/tags/0`, `/tags/1` where it takes many), `/target` a
write, `/max` a property, and the three of every element: `/@visible`, `/@enabled` (booleans) and `/@tone`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.identifiers import ElementId, Identifier
from schemas.models.base import Document

EXPRESSION_LENGTH_MAX = 2048
EXPRESSION_VARS_MAX = 32
VISIBLE, ENABLED, TONE = "@visible", "@enabled", "@tone"
#: Targets every element has beside those of its component.
ELEMENT_TARGETS = (VISIBLE, ENABLED, TONE)


class ParamRef(Document):
    """The value of a page parameter."""

    param: Identifier = Field(description="Name of the parameter.")


AssetRef = Identifier | ParamRef
RoleRef = Annotated[str, Field(pattern=r"^(\*|[a-z0-9][a-z0-9_-]{0,39})$")]
VariableName = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]{0,39}$")]
Span = Literal["10m", "1h", "8h", "shift", "day", "7d", "30d"]
HistoryFn = Literal["last", "first", "min", "max", "mean", "sum", "delta", "count"]


class Transform(Document):
    """A step between source and input; `op` says which, the rest are its settings."""

    op: Literal["scale", "map", "format", "clamp", "round"] = Field(description="What it does.")
    factor: float | None = Field(default=None, description="scale: factor.")
    offset: float | None = Field(default=None, description="scale: added after the factor.")
    table: dict[str, Any] | None = Field(default=None, description="map: value → result.")
    decimals: int | None = Field(default=None, ge=0, le=10, description="format, round: decimals.")
    min: float | None = Field(default=None, description="clamp: lowest.")
    max: float | None = Field(default=None, description="clamp: highest.")


class _Binding(Document):
    transforms: tuple[Transform, ...] = Field(default=(), max_length=16, description="Steps.")


class TagBinding(_Binding):
    """The current value of the tag that plays `role` at `asset` (`*`: all its roles)."""

    source: Literal["tag"] = Field(description="Kind of source.")
    asset: AssetRef = Field(description="Asset or page parameter.")
    role: RoleRef = Field(description="Role; * for all.")


class HistoryBinding(_Binding):
    """The history of that tag: its course, or one number (`fn`) made of it."""

    source: Literal["history"] = Field(description="Kind of source.")
    asset: AssetRef = Field(description="Asset or page parameter.")
    role: RoleRef = Field(description="Role; * for all.")
    fn: HistoryFn | None = Field(default=None, description="One number of the range; null: the course itself.")
    range: Span | None = Field(default=None, description="Time range; null: the page's.")


class StaticBinding(_Binding):
    """A constant."""

    source: Literal["static"] = Field(description="Kind of source.")
    value: float | int | bool | str | None = Field(description="The constant.")


class ParamBinding(_Binding):
    """The value of a page parameter (inside a block: of the block's)."""

    source: Literal["param"] = Field(description="Kind of source.")
    param: Identifier = Field(description="Name of the parameter.")


class StateBinding(_Binding):
    """A value the app keeps while it is open."""

    source: Literal["state"] = Field(description="Kind of source.")
    name: Identifier = Field(description="Name of the state.")


class OutputBinding(_Binding):
    """What another element of the page gives out."""

    source: Literal["output"] = Field(description="Kind of source.")
    element: ElementId = Field(description="The other element.")
    output: Identifier = Field(description="Name of its output.")


class UserBinding(_Binding):
    """Something about the person who is logged in."""

    source: Literal["user"] = Field(description="Kind of source.")
    field: Literal["name", "role", "tenant"] = Field(description="What of the user.")


class OtherBinding(_Binding):
    """Sources that a later version fills: kept as they are, shown as empty."""

    source: Literal["record", "query", "alarm"] = Field(description="Kind of source.")
    args: dict[str, Any] = Field(default={}, description="Its settings.")


Variable = Annotated[
    TagBinding | HistoryBinding | StaticBinding | ParamBinding | StateBinding | OutputBinding | UserBinding,
    Field(discriminator="source"),
]


class Expression(Document):
    """A formula and what its names stand for: names in `text` are those of `vars`, never paths."""

    text: str = Field(max_length=EXPRESSION_LENGTH_MAX, description="The formula.")
    vars: dict[VariableName, Variable] = Field(
        default={}, max_length=EXPRESSION_VARS_MAX, description="Name in the formula → where it comes from."
    )


class ExpressionBinding(_Binding, Expression):
    """The value of an expression."""

    source: Literal["expression"] = Field(description="Kind of source.")
    unit: str = Field(default="", max_length=40, description="Unit of the result; empty: as the formula gives it.")


Binding = Annotated[
    TagBinding
    | HistoryBinding
    | StaticBinding
    | ParamBinding
    | StateBinding
    | OutputBinding
    | UserBinding
    | OtherBinding
    | ExpressionBinding,
    Field(discriminator="source"),
]
