"""Table of what people have set for themselves."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class PreferenceRow(SQLModel, table=True):
    """Preferences of a person (or an API token) in a tenant; ``document`` is JSON."""

    __tablename__ = "preference"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    subject: str = Field(primary_key=True, max_length=200)
    document: str
    updated_ts: int = Field(sa_type=BigInteger)
