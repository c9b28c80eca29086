"""Tables of the organisation: tenants (firms) and their sites.

Every other table carries the column ``tenant``; ``TENANT_FREE`` lists the exceptions with their reasons.
Times are integer µs UTC, everywhere in this package.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

TENANT_FREE: dict[str, str] = {
    "tenant": "it is the tenant",
    "user": "a person may belong to several tenants; `membership` says to which, and as what",
    "login_attempt": "counted before anyone is known, per account name and per address",
    "alembic_version": "the schema's own version",
}


class TenantRow(SQLModel, table=True):
    """One firm. Nothing of one tenant is ever visible to another."""

    __tablename__ = "tenant"

    id: str = Field(primary_key=True, max_length=40)
    name: str
    created_ts: int = Field(sa_type=BigInteger)


class SiteRow(SQLModel, table=True):
    """A place with a time zone; days and shifts are counted in it."""

    __tablename__ = "site"

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    id: str = Field(primary_key=True, max_length=40)
    name: str
    zone: str = "UTC"


def is_zone(name: str) -> bool:
    """Whether this machine knows the IANA zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
