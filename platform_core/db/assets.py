"""Tables of the plant as apps see it: assets, and which tag plays which role on an asset since when."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint
from sqlmodel import Field, SQLModel


class AssetRow(SQLModel, table=True):
    """A machine, line or area."""

    __tablename__ = "asset"
    __table_args__ = (ForeignKeyConstraint(["tenant", "parent"], ["asset.tenant", "asset.id"]),)

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    id: str = Field(primary_key=True, max_length=40)
    parent: str | None = None
    name: str
    name_i18n: str = "{}"
    level: str = "machine"
    type: str | None = None
    see: str | None = None


class AssetTypeRow(SQLModel, table=True):
    """A kind of machine; ``document`` is the JSON of ``schemas.models.asset_type.AssetType``."""

    __tablename__ = "asset_type"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    id: str = Field(primary_key=True, max_length=40)
    document: str
    updated_ts: int = Field(sa_type=BigInteger)
    updated_by: str = ""


class StarterRow(SQLModel, table=True):
    """Something that came with the program and was given to a tenant once: what was deleted does not come back."""

    __tablename__ = "starter"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    name: str = Field(primary_key=True, max_length=100)


class RoleRow(SQLModel, table=True):
    """From ``valid_from_ts`` on, the tag plays the role at the asset; the newest row not in the future holds.

    A replaced sensor gets a new row, and the history of the old one stays with its own time.
    """

    __tablename__ = "role_map"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "asset"], ["asset.tenant", "asset.id"]),
        ForeignKeyConstraint(["tenant", "tag_id"], ["tag.tenant", "tag.tag_id"]),
    )

    tenant: str = Field(primary_key=True)
    asset: str = Field(primary_key=True)
    role: str = Field(primary_key=True, max_length=40)
    valid_from_ts: int = Field(primary_key=True, sa_type=BigInteger)
    tag_id: int = Field(index=True)
