"""Tables of the tag catalog: what each number means, and by which alias a stream calls it."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class TagRow(SQLModel, table=True):
    """One tag. ``tag_id`` is the platform's own u32, given once and never again (AUTOINCREMENT).

    ``meta`` is the JSON of ``schemas.models.tag.TagMeta``; ``key`` is ``connection/name``
    and may change, ``uuid`` may not.
    """

    __tablename__ = "tag"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "edge"], ["edge.tenant", "edge.id"]),
        UniqueConstraint("tenant", "edge", "uuid", name="tag_once"),
        UniqueConstraint("tenant", "tag_id", name="tag_of_tenant"),
        CheckConstraint("tag_id > 0 AND tag_id < 4294967296", name="tag_id_u32"),
        CheckConstraint("kind IN ('f', 'i', 'u', 'b', 's')", name="tag_kind"),
        Index("tag_key", "tenant", "key"),
        {"sqlite_autoincrement": True},
    )

    tag_id: int | None = Field(default=None, primary_key=True)
    tenant: str
    edge: str
    uuid: str
    key: str
    connection: str
    driver: str = ""
    kind: str
    meta: str = "{}"
    address: str = ""
    scan_ms: int | None = None
    first_seen_ts: int = Field(sa_type=BigInteger)
    retired_ts: int | None = Field(default=None, sa_type=BigInteger)


class TagAliasRow(SQLModel, table=True):
    """What a stream calls a tag: (tenant, stream, alias) → tag_id. Never changed, never reused."""

    __tablename__ = "tag_alias"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "stream"], ["stream.tenant", "stream.uuid"]),
        ForeignKeyConstraint(["tenant", "tag_id"], ["tag.tenant", "tag.tag_id"]),
    )

    tenant: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    alias: int = Field(primary_key=True, sa_type=BigInteger)
    tag_id: int = Field(index=True)
