"""Access: the least role that sees or uses something; a role includes those before it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from schemas.models.base import Document
from schemas.models.tenant import Role

Text = Annotated[dict[str, str], Field(min_length=1, max_length=16)]


class Access(Document):
    """Who gets an app, a page or an element. What one may not see is not sent."""

    see: Role | None = Field(default=None, description="Least role that sees it; null: everybody of the tenant.")
    use: Role | None = Field(
        default=None, description="Least role that may press, type and write; null: as the action itself asks."
    )
