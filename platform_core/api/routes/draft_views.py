"""What the routes of drafts take and give."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from platform_core.api.errors import ProblemItem
from platform_core.services.document_paths import APP_FILE
from schemas.identifiers import ELEMENT_ID_PATTERN

CANVAS_PATTERN = r"^(block:)?[a-z0-9][a-z0-9_-]{0,39}(\.[0-9]{1,5})?$"
Scalar = float | int | bool | str | None


class DraftFileView(BaseModel):
    """A file of the draft."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"path": APP_FILE, "etag": '"9a…"', "updated_ts": 1764000000000000, "updated_by": "mona"}]
        }
    )
    path: str = Field(description="app.json, pages/<id>.json, blocks/<id>.<version>.json or tests/<id>.json.")
    etag: str = Field(description="Its ETag, to be sent as If-Match when it is written.")
    updated_ts: int = Field(description="Last change, µs UTC.")
    updated_by: str = Field(description="By whom.")


class ListedFileView(DraftFileView):
    """A file of the draft in a list."""

    release: int | None = Field(
        description="Of a version of a block: the first release that contains it, from which on it never changes."
    )


class DraftContentView(ListedFileView):
    """A file of the draft with its content."""

    content: dict[str, Any] = Field(description="The document, its elements lifted to the installed components.")


class DraftView(BaseModel):
    """The whole draft."""

    files: list[DraftContentView] = Field(description="All files, by path.")


class WrittenView(DraftFileView):
    """A file as it was written, and what is still wrong with it (which only stops publishing)."""

    problems: list[ProblemItem] = Field(description="Problems of its structure.")


class FindingView(BaseModel):
    """One thing the check found."""

    severity: str = Field(description="error: stops publishing; warning: is shown.")
    code: str = Field(description="Stable code.")
    path: str = Field(description='JSON pointer into {"app.json": …, "pages/<id>.json": …}.')
    file: str = Field(description="Path of the file; empty: the app.")
    page: str | None = Field(description="Page it is on.")
    block: str | None = Field(description="Block it is in, `<id>.<version>`.")
    test: str | None = Field(description="Test it is in.")
    element: str | None = Field(description="Element it is about.")
    message: dict[str, str] = Field(description="What is wrong, by language.")
    hint: dict[str, str] = Field(description="What to do, by language.")


class CheckView(BaseModel):
    """Everything found, errors first."""

    errors: int = Field(description="How many errors.")
    warnings: int = Field(description="How many warnings.")
    findings: list[FindingView] = Field(description="At most 500.")


class FailureView(BaseModel):
    """What did not hold."""

    path: str = Field(description="JSON pointer to the expectation.")
    message: dict[str, str] = Field(description="In words, by language.")
    expected: Scalar = Field(description="Value expected.")
    found: Scalar = Field(description="Value found.")


class TestResultView(BaseModel):
    """The outcome of one test."""

    id: str = Field(description="Id of the test.")
    name: str = Field(description="What it promises.")
    ok: bool = Field(description="Whether all that can be judged without a browser holds.")
    failures: list[FailureView] = Field(description="What does not hold.")
    browser: list[str] = Field(description="Expectations that only a browser can judge, by JSON pointer.")


class RestoreRequest(BaseModel):
    """What the draft becomes: a release or a snapshot."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"no": 2}]})
    no: int | None = Field(default=None, ge=1, le=2**31, description="Number of a release.")
    snapshot: int | None = Field(default=None, ge=1, le=2**31, description="Number of a snapshot.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.no is None) == (self.snapshot is None):
            raise ValueError("give a release (no) or a snapshot")
        return self


class SnapshotView(BaseModel):
    """The draft as it was before something replaced it."""

    no: int = Field(description="Number, from 1.")
    reason: str = Field(description="restore, package or migration.")
    hash: str = Field(description="SHA-256 of its files.")
    ts: int = Field(description="When, µs UTC.")
    author: str = Field(description="Who replaced it.")


class PresenceRequest(BaseModel):
    """Where one is."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"client": "w1", "page": "main", "element": None}]}
    )
    client: str = Field(default="", max_length=40, description="Tells two windows of one person apart.")
    page: str = Field(pattern=CANVAS_PATTERN, description="Page, or `block:<id>.<version>`.")
    element: str | None = Field(default=None, pattern=ELEMENT_ID_PATTERN, description="Selected element.")


class PresenceView(BaseModel):
    """Somebody else in this draft."""

    name: str = Field(description="Who.")
    client: str = Field(description="Which window.")
    page: str = Field(description="Where.")
    element: str | None = Field(description="What is selected.")
