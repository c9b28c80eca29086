"""Action: one step an event causes. One registry for events now, for rules and state machines later.

`value` and `params` are bindings; inside an expression the name `event` is the event's payload (`event.value`).
A kind this version does not know is refused by the check; the runtime skips it, so that newer apps still open.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import ElementId, Identifier
from schemas.models.access import Text
from schemas.models.base import Document
from schemas.models.binding import AssetRef, Binding, Expression

STEPS_MAX = 16


class _Action(Document):
    when: Expression | None = Field(default=None, description="Only when this is true.")


class NavigateAction(_Action):
    """Opens a page of this app or another."""

    action: Literal["navigate"] = Field(description="Kind of step.")
    page: Identifier = Field(description="Page.")
    app: Identifier | None = Field(default=None, description="Another app; null: this one.")
    params: dict[Identifier, Binding | str] = Field(default={}, description="Parameters of the page.")


class OpenDialogAction(_Action):
    """Opens a page of this app over the present one."""

    action: Literal["open_dialog"] = Field(description="Kind of step.")
    page: Identifier = Field(description="Page.")
    params: dict[Identifier, Binding | str] = Field(default={}, description="Parameters of the page.")


class CloseDialogAction(_Action):
    """Closes the dialog it is in."""

    action: Literal["close_dialog"] = Field(description="Kind of step.")


class SetStateAction(_Action):
    """Sets a state of the app or page."""

    action: Literal["set_state"] = Field(description="Kind of step.")
    name: Identifier = Field(description="Name of the state.")
    value: Binding = Field(description="New value.")


class WriteTagAction(_Action):
    """Writes a tag; checked, confirmed and audited by the server."""

    action: Literal["write_tag"] = Field(description="Kind of step.")
    asset: AssetRef = Field(description="Asset or page parameter.")
    role: Identifier = Field(description="Role.")
    value: Binding = Field(description="New value.")
    confirm: Literal["dialog", "hold", "none"] = Field(default="dialog", description="How the user confirms.")


class RefreshAction(_Action):
    """Reads history and documents again."""

    action: Literal["refresh"] = Field(description="Kind of step.")


class ExportAction(_Action):
    """Saves what an element (or the page) shows as a CSV file."""

    action: Literal["export"] = Field(description="Kind of step.")
    element: ElementId | None = Field(default=None, description="Element; null: the whole page.")
    format: Literal["csv"] = Field(default="csv", description="File format.")


class CallMethodAction(_Action):
    """Calls a method of another element of the page."""

    action: Literal["call_method"] = Field(description="Kind of step.")
    element: ElementId = Field(description="Element.")
    method: Identifier = Field(description="Method of its component.")
    params: dict[Identifier, Binding] = Field(default={}, description="Arguments.")


class MessageAction(_Action):
    """Shows a short text for some seconds."""

    action: Literal["message"] = Field(description="Kind of step.")
    text: Text = Field(description="Text by language.")


Action = Annotated[
    NavigateAction
    | OpenDialogAction
    | CloseDialogAction
    | SetStateAction
    | WriteTagAction
    | RefreshAction
    | ExportAction
    | CallMethodAction
    | MessageAction,
    Field(discriminator="action"),
]
Steps = Annotated[tuple[Action, ...], Field(max_length=STEPS_MAX)]
