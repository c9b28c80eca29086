"""Tenant: a firm; everything stored belongs to exactly one."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.identifiers import Identifier
from schemas.models.base import Document

Role = Literal["viewer", "operator", "builder", "admin"]
#: From least to most; each may do what those before it may.
ROLES: tuple[Role, ...] = ("viewer", "operator", "builder", "admin")

DEFAULT_TENANT = "factory"


class Tenant(Document):
    """A firm."""

    id: Identifier = Field(description="Id.")
    name: str = Field(min_length=1, max_length=120, description="Name for people.")
    zone: str = Field(default="UTC", max_length=64, description="IANA time zone of its site.")
