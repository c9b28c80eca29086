"""AppTest: what an app promises, as data: given these values, when that is pressed, then this is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.identifiers import ElementId, Identifier
from schemas.models.base import Document

Scalar = float | int | bool | str | None


class GivenValue(Document):
    """The value of a tag while the test runs."""

    asset: Identifier = Field(description="Asset.")
    role: Identifier = Field(description="Role.")
    v: Scalar = Field(description="Value.")
    q: int = Field(default=0, ge=0, le=255, description="Quality.")


class WhenEvent(Document):
    """An event of an element."""

    element: ElementId = Field(description="Element.")
    event: Identifier = Field(description="Event.")
    payload: dict[str, Any] = Field(default={}, description="Payload.")


class Expectation(Document):
    """What must hold at the end; all that is given is compared."""

    kind: Literal["input", "property", "visible", "enabled", "tone", "state", "write", "page"] = Field(
        description="What is looked at."
    )
    element: ElementId | None = Field(default=None, description="Element, for what belongs to one.")
    name: str = Field(default="", max_length=80, description="Input, property, state, or `asset.role` of a write.")
    v: Scalar = Field(default=None, description="Value expected; of `page`, its id.")
    q: Literal["good", "uncertain", "bad"] | None = Field(default=None, description="Class of quality expected.")


class AppTestDocument(Document):
    """tests/<id>.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id = file name.")
    name: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="What is promised.")
    page: Identifier = Field(description="Page it runs on.")
    params: dict[Identifier, str] = Field(default={}, description="Parameters of the page.")
    role: Literal["viewer", "operator", "builder", "admin"] = Field(default="operator", description="Who looks.")
    given: tuple[GivenValue, ...] = Field(default=(), max_length=500, description="Values.")
    when: tuple[WhenEvent, ...] = Field(default=(), max_length=50, description="Events, in order.")
    expect: tuple[Expectation, ...] = Field(min_length=1, max_length=200, description="What must hold.")
