"""Tables of apps: the draft as files, releases that never change, and a pointer to the current one."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlmodel import Field, SQLModel


class AppRow(SQLModel, table=True):
    """An app of a tenant. ``name`` is JSON of language → text; ``current_release`` points into
    ``app_release``.

    An archived app is in no menu; its releases stay.

    ``installed_hash`` is what the last installation from a folder brought, so that the same is not taken
    twice. ``draft_signer_key``: which key signed the package the draft was taken from; empty when none did. It stays
    while the draft is edited: it says where it comes from, not that it is still what was signed.
    """

    __tablename__ = "app"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    id: str = Field(primary_key=True, max_length=40)
    name: str
    icon: str = ""
    current_release: int | None = None
    archived: bool = False
    installed_hash: str | None = None
    created_ts: int = Field(sa_type=BigInteger)
    draft_signer_key: str = ""


class AppDraftFileRow(SQLModel, table=True):
    """One file of the draft, as canonical JSON. ``hash`` is the SHA-256 of the content, and the ETag."""

    __tablename__ = "app_draft_file"
    __table_args__ = (ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),)

    tenant: str = Field(primary_key=True)
    app: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    content: str
    hash: str
    updated_ts: int = Field(sa_type=BigInteger)
    updated_by: str


class AppReleaseRow(SQLModel, table=True):
    """A published state: all files in one canonical JSON object, path → document. Never changed."""

    __tablename__ = "app_release"
    __table_args__ = (ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),)

    tenant: str = Field(primary_key=True)
    app: str = Field(primary_key=True)
    no: int = Field(primary_key=True)
    hash: str
    content: str
    note: str = ""
    origin: str = "publish"
    ts: int
    author: str
    signer: str = ""
    signer_key: str = ""


class AppSnapshotRow(SQLModel, table=True):
    """The draft as it was before something replaced it. ``reason``: restore, package, migration, or by hand.

    ``signer_key`` as the draft had it, so that a draft brought back is not taken for one made here.
    """

    __tablename__ = "app_snapshot"
    __table_args__ = (ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),)

    tenant: str = Field(primary_key=True)
    app: str = Field(primary_key=True)
    no: int = Field(primary_key=True)
    reason: str
    hash: str
    content: str
    ts: int = Field(sa_type=BigInteger)
    author: str
    signer_key: str = ""


class AppBlockRow(SQLModel, table=True):
    """A version of a block that a release contains: from then on it never changes."""

    __tablename__ = "app_block"
    __table_args__ = (ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),)

    tenant: str = Field(primary_key=True)
    app: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    hash: str
    release: int


class AppMediaRow(SQLModel, table=True):
    """A picture of an app; its name is the SHA-256 of its content, so it never changes. Width and height in px."""

    __tablename__ = "app_media"
    __table_args__ = (ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),)

    tenant: str = Field(primary_key=True)
    app: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    title: str = ""
    size: int
    width: int
    height: int
    content: bytes
    ts: int = Field(sa_type=BigInteger)
    author: str


class PublisherRow(SQLModel, table=True):
    """A publisher whose packages the tenant trusts. ``key_id`` is the SHA-256 of the public key, in hex."""

    __tablename__ = "publisher"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    key_id: str = Field(primary_key=True, max_length=64)
    name: str
    note: str = ""
    public_key: str
    ts: int = Field(sa_type=BigInteger)
    author: str
