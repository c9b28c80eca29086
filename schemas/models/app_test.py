"""AppTest: what an app promises, as data: given these values, when that is pressed, then this is shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.identifiers import Identifier
from schemas.models.base import Document
from schemas.models.tag import TagMeta

Scalar = float | int | bool | str | None
#: An element of the page, or one inside blocks: the instance, then the element in its block, and so on.
ElementPath = Annotated[str, Field(pattern=r"^el_[a-z2-7]{8}(/el_[a-z2-7]{8}){0,4}$")]


class GivenValue(Document):
    """The value of a tag while the test runs."""

    asset: Identifier = Field(description="Asset.")
    role: Identifier = Field(description="Role.")
    v: Scalar = Field(description="Value.")
    q: int = Field(default=0, ge=0, le=255, description="Quality.")
    meta: TagMeta = Field(default=TagMeta(), description="Unit, decimals, limits and texts the tag has in the test.")


#: What a hand does instead of an event the component declares: the test then runs in a browser.
HAND_EVENTS = ("click", "type")


class WhenEvent(Document):
    """An event of an element, or what a hand does to it in a browser."""

    element: ElementPath = Field(description="Element; inside a block: instance/element.")
    event: Identifier = Field(
        description="Event its component declares; or by hand, in a browser: `click`, `type`.",
    )
    payload: dict[str, Any] = Field(
        default={},
        description="Payload; by hand: `control` (what the button or field is called; without it the first one) and, "
        "of `type`, `value`.",
    )


class Expectation(Document):
    """What must hold at the end; all that is given is compared."""

    kind: Literal["input", "property", "visible", "enabled", "tone", "state", "write", "page", "output", "text",
                  "level", "cell"] = Field(description="What is looked at.")  # fmt: skip
    element: ElementPath | None = Field(
        default=None, description="Element, for what belongs to one; inside a block: instance/element."
    )
    name: str = Field(
        default="",
        max_length=80,
        description="Input, property, output, state, or `asset.role` of a write; of `text` and `level` the input, "
        "empty: its only one; of `cell` `row/column`, each a number from 1, or the first cell and the heading.",
    )
    v: Scalar = Field(
        default=None,
        description="Value expected; of `page`, its id; of `text`, what is read: number and unit, or the value's text; "
        "of `cell`, its text; of `level`: normal, lo_lo, lo, hi, hi_hi.",
    )
    q: Literal["good", "uncertain", "bad"] | None = Field(default=None, description="Class of quality expected.")


class AppTestDocument(Document):
    """tests/<id>.json"""

    format: Literal[1] = Field(description="Version of this document.")
    id: Identifier = Field(description="Id = file name.")
    name: Annotated[str, Field(min_length=1, max_length=120)] = Field(description="What is promised.")
    page: Identifier = Field(description="Page it runs on.")
    params: dict[Identifier, str] = Field(default={}, description="Parameters of the page.")
    role: Literal["viewer", "operator", "builder", "admin"] = Field(default="operator", description="Who looks.")
    language: Literal["en", "zh-CN"] = Field(default="en", description="Language of the texts that are read.")
    given: tuple[GivenValue, ...] = Field(default=(), max_length=500, description="Values.")
    when: tuple[WhenEvent, ...] = Field(default=(), max_length=50, description="Events, in order.")
    expect: tuple[Expectation, ...] = Field(min_length=1, max_length=200, description="What must hold.")
