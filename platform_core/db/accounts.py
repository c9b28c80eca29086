"""Tables of accounts: who may come in, as what, and what was done.

Secrets are stored only as hashes: passwords with argon2id, random tokens with SHA-256.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

_ROLE_CHECK = "role IN ('viewer', 'operator', 'builder', 'admin')"


class UserRow(SQLModel, table=True):
    """A person's account. ``name`` is what is typed at login, compared case-insensitively by ``name_key``."""

    __tablename__ = "user"

    id: int | None = Field(default=None, primary_key=True)
    name: str
    name_key: str = Field(unique=True)
    password_hash: str
    created_ts: int = Field(sa_type=BigInteger)
    disabled: bool = False


class MembershipRow(SQLModel, table=True):
    """The role of a user in a tenant. It is read again for each request, so a change holds at once."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint(_ROLE_CHECK, name="membership_role"),)

    tenant: str = Field(primary_key=True, foreign_key="tenant.id")
    user_id: int = Field(primary_key=True, foreign_key="user.id")
    role: str


class SessionRow(SQLModel, table=True):
    """A browser session in one active tenant. ``token_hash`` is the SHA-256 of the cookie's random id."""

    __tablename__ = "session"

    token_hash: str = Field(primary_key=True)
    tenant: str = Field(foreign_key="tenant.id")
    user_id: int = Field(foreign_key="user.id", index=True)
    created_ts: int = Field(sa_type=BigInteger)
    last_seen_ts: int = Field(sa_type=BigInteger)
    expires_ts: int = Field(sa_type=BigInteger)
    address: str = ""


class ApiTokenRow(SQLModel, table=True):
    """A bearer token for programs, with a role of its own in one tenant."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(_ROLE_CHECK, name="api_token_role"),
        UniqueConstraint("tenant", "name", name="api_token_name"),
    )

    id: int | None = Field(default=None, primary_key=True)
    tenant: str = Field(foreign_key="tenant.id")
    name: str
    role: str
    token_hash: str = Field(unique=True)
    created_ts: int = Field(sa_type=BigInteger)
    expires_ts: int | None = Field(default=None, sa_type=BigInteger)
    last_used_ts: int | None = Field(default=None, sa_type=BigInteger)
    revoked_ts: int | None = Field(default=None, sa_type=BigInteger)


class SetupTokenRow(SQLModel, table=True):
    """The one-time set-up link that makes a tenant's first administrator."""

    __tablename__ = "setup_token"

    token_hash: str = Field(primary_key=True)
    tenant: str = Field(foreign_key="tenant.id")
    created_ts: int = Field(sa_type=BigInteger)
    expires_ts: int = Field(sa_type=BigInteger)
    used_ts: int | None = Field(default=None, sa_type=BigInteger)


class LoginAttemptRow(SQLModel, table=True):
    """Failures of one account name or of one address since its last success, and until when it must wait."""

    __tablename__ = "login_attempt"

    kind: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    failures: int = 0
    last_ts: int = Field(sa_type=BigInteger)
    locked_until_ts: int = Field(default=0, sa_type=BigInteger)


class AuditRow(SQLModel, table=True):
    """Who did what, when, to what, and how it ended.

    Rows are only ever added: triggers refuse anything else. ``n`` counts a tenant's rows, ``hash`` is the SHA-256 of
    the row with ``prev``, the hash of the row before. ``body`` is JSON for what has more to say than ``detail``.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("audit_n", "tenant", "n", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    tenant: str = Field(foreign_key="tenant.id", index=True)
    ts: int
    actor: str
    action: str
    resource: str = ""
    outcome: str
    address: str = ""
    detail: str = ""
    body: str = "{}"
    n: int = Field(default=0, sa_type=BigInteger)
    prev: str = ""
    hash: str = ""
