"""Settings of manual entry; the manifest's schema is generated from this model."""

from __future__ import annotations

from pydantic import Field

from schemas.models.base import Document

__all__ = ["ManualEntryConfig"]


class ManualEntryConfig(Document):
    """Where what people type is kept until the spool has it, and how old it may be."""

    folder: str = Field(
        default="", max_length=1000, description="Folder of the journal; empty: entries in the agent's data folder."
    )
    journal: str = Field(
        default="entries", max_length=40, pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Name of the journal's files, "
        "one a month. Connections with the same address need journals of their own.",
    )  # fmt: skip
    back_max_days: int = Field(
        default=31, ge=1, le=3660, description="How far back the time of an entry may lie, days."
    )
    timeout_ms: int = Field(default=10_000, ge=100, le=120_000, description="Longest wait for the disk, ms.")
