"""Tables of configurations that are pushed to agents: their versions, and how the last push stands."""

from __future__ import annotations

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel


class EdgeConfigRow(SQLModel, table=True):
    """One version of an agent's connections. It never changes; ``hash`` is the SHA-256 of its text."""

    __tablename__ = "edge_config"
    __table_args__ = (UniqueConstraint("tenant", "edge", "no", name="edge_config_no"),)

    id: int | None = Field(default=None, primary_key=True)
    tenant: str = Field(foreign_key="tenant.id")
    edge: str = Field(max_length=40)
    no: int
    hash: str = Field(max_length=64)
    text: str
    note: str = ""
    author: str
    ts: int = Field(sa_type=BigInteger)


class EdgeConfigStateRow(SQLModel, table=True):
    """What the agent last said about a configuration. ``active`` is the hash it ran then ("" = its own file's),
    ``expected`` the one that was pushed last and kept; ``code`` and ``params`` (JSON) are the reason once more."""

    __tablename__ = "edge_config_state"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    edge: str = Field(primary_key=True, max_length=40)
    hash: str = Field(max_length=64)
    state: str
    active: str = Field(max_length=64)
    reason: str = ""
    problems: str = "[]"
    expected: str = Field(default="", max_length=64)
    code: str = ""
    params: str = "{}"
    ts: int = Field(sa_type=BigInteger)
