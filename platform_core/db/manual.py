"""Table of values typed by people: each request is written here before the journal, as an agent's spool does."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class ManualEntryRow(SQLModel, table=True):
    """One request by its idempotency key: the batch it became, and the answer to give when it is sent again.

    ``digest`` is the SHA-256 of what was asked; ``payload`` the batch, empty once it is known to be journalled.
    """

    __tablename__ = "manual_entry"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "stream"], ["stream.tenant", "stream.uuid"]),
        UniqueConstraint("tenant", "stream", "seq", name="manual_entry_seq"),
    )

    tenant: str = Field(primary_key=True)
    key: str = Field(primary_key=True, max_length=80)
    digest: str
    stream: str
    seq: int = Field(sa_type=BigInteger)
    payload: bytes
    answer: str
    created_ts: int = Field(sa_type=BigInteger, index=True)
