"""Tables of enrolment: tokens that were given out, and which agents have access to the broker."""

from __future__ import annotations

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel


class EnrolmentTokenRow(SQLModel, table=True):
    """A single-use token for one edge of one site. Only its SHA-256 is kept."""

    __tablename__ = "enrolment_token"

    token_hash: str = Field(primary_key=True)
    tenant: str = Field(foreign_key="tenant.id", index=True)
    edge: str = Field(max_length=40)
    site: str = Field(max_length=40)
    author: str
    created_ts: int = Field(sa_type=BigInteger)
    expires_ts: int = Field(sa_type=BigInteger)
    used_ts: int | None = Field(default=None, sa_type=BigInteger)
    used_from: str = ""


class EdgeAccessRow(SQLModel, table=True):
    """That an agent was given credentials of its own. They are not here: see ``services/broker_users.py``."""

    __tablename__ = "edge_access"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    edge: str = Field(primary_key=True, max_length=40)
    site: str = Field(max_length=40)
    enrolled_ts: int = Field(sa_type=BigInteger)
    enrolled_from: str = ""
    machine: str = ""
    author: str
    revoked_ts: int | None = Field(default=None, sa_type=BigInteger)
