"""Preferences: what a person has set for themselves, the same on every device."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.identifiers import Identifier
from schemas.models.base import Document

ShortText = Annotated[str, StringConstraints(max_length=40)]
ParamText = Annotated[str, StringConstraints(max_length=200)]


class PageMark(Document):
    """A page of an app with the parameters it was opened with."""

    app: Identifier = Field(description="App.")
    page: Identifier | None = Field(default=None, description="Page; null: the app's first.")
    params: dict[Identifier, ParamText] = Field(default={}, max_length=32, description="Its parameters.")
    ts: int = Field(default=0, ge=0, le=2**53, description="When it was opened, µs UTC; 0 for a favourite.")


class Preferences(Document):
    """Everything that goes with a person rather than a screen."""

    favourites: tuple[PageMark, ...] = Field(default=(), max_length=50, description="Pages and apps marked.")
    last_opened: tuple[PageMark, ...] = Field(default=(), max_length=20, description="Newest first.")
    units: dict[ShortText, ShortText] = Field(
        default={}, max_length=60, description="Dimension → unit shown, for example temperature → °F."
    )
    zone: str = Field(default="", max_length=64, description="IANA time zone; empty: the site's.")
    language: Literal["", "en", "zh-CN"] = Field(default="", description="Language; empty: the browser's.")
    theme: Literal["", "light", "dark"] = Field(default="", description="Theme; empty: the device's.")
