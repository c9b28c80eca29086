"""Tables of what edge agents send: edges, their streams, gaps, dead letters and events."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class EdgeRow(SQLModel, table=True):
    """An edge agent known to the platform; made by its first accepted birth."""

    __tablename__ = "edge"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    id: str = Field(primary_key=True, max_length=40)
    machine: str = ""
    stream: str | None = None
    agent_version: str = ""
    config_hash: str = ""
    catalog_hash: str = ""
    first_seen_ts: int = Field(sa_type=BigInteger)
    last_seen_ts: int = Field(sa_type=BigInteger)
    online: bool = False
    online_changed_ts: int = Field(default=0, sa_type=BigInteger)


class StreamRow(SQLModel, table=True):
    """One numbered sequence of batches, unique within its tenant.

    ``intervals`` is the JSON list of inclusive [lo, hi] ranges of batches that are in the journal. It is a
    checkpoint: batches of the journal after ``journal_no`` are added to it when the platform starts.
    """

    __tablename__ = "stream"
    __table_args__ = (ForeignKeyConstraint(["tenant", "edge"], ["edge.tenant", "edge.id"]),)

    tenant: str = Field(primary_key=True)
    uuid: str = Field(primary_key=True)
    edge: str
    machine: str = ""
    intervals: str = "[]"
    max_seq: int = Field(default=0, sa_type=BigInteger)
    journal_no: int = Field(default=0, sa_type=BigInteger)
    dead: str = "[]"
    lease: str | None = None
    lease_until_ts: int = Field(default=0, sa_type=BigInteger)
    first_seen_ts: int = Field(sa_type=BigInteger)
    last_seen_ts: int = Field(sa_type=BigInteger)


class GapRow(SQLModel, table=True):
    """Something that should have been stored and is not: how much, when, why. ``to_ts`` is exclusive."""

    __tablename__ = "gap"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "edge"], ["edge.tenant", "edge.id"]),
        UniqueConstraint("tenant", "stream", "batch_seq", "ordinal", name="gap_once"),
        Index("gap_when", "tenant", "edge", "to_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    tenant: str
    edge: str
    stream: str | None = None
    batch_seq: int | None = Field(default=None, sa_type=BigInteger)
    ordinal: int = 0
    connection: str = ""
    kind: str
    reason: str = ""
    from_ts: int = Field(sa_type=BigInteger)
    to_ts: int = Field(sa_type=BigInteger)
    n: int | None = Field(default=None, sa_type=BigInteger)
    count_of: str = "points"
    seq_from: int | None = Field(default=None, sa_type=BigInteger)
    seq_to: int | None = Field(default=None, sa_type=BigInteger)
    received_ts: int = Field(sa_type=BigInteger)


class DeadLetterRow(SQLModel, table=True):
    """A message that cannot be taken in, kept as it came, with the reason."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        UniqueConstraint("tenant", "stream", "seq", name="dead_letter_once"),
        Index("dead_letter_when", "tenant", "received_ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    tenant: str = Field(foreign_key="tenant.id")
    edge: str = ""
    stream: str | None = None
    seq: int | None = Field(default=None, sa_type=BigInteger)
    code: str
    reason: str
    raw: bytes
    received_ts: int = Field(sa_type=BigInteger)


class EventRow(SQLModel, table=True):
    """Something an agent reported that is not a value: a start, a clock step, a configuration change."""

    __tablename__ = "event"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "edge"], ["edge.tenant", "edge.id"]),
        UniqueConstraint("tenant", "stream", "batch_seq", "ordinal", name="event_once"),
        Index("event_when", "tenant", "edge", "ts"),
    )

    id: int | None = Field(default=None, primary_key=True)
    tenant: str
    edge: str
    stream: str | None = None
    batch_seq: int | None = Field(default=None, sa_type=BigInteger)
    ordinal: int = 0
    ts: int
    kind: str
    body: str = "{}"
    received_ts: int = Field(sa_type=BigInteger)
