"""Sessions of browsers and tokens of programs: from a secret to a ``Principal``, read anew each time.

A session ends after ``IDLE_US`` without use and ``ABSOLUTE_US`` after login. Only hashes of the secrets are
stored.
"""

from __future__ import annotations

from typing import cast

from sqlmodel import col, delete, select

from platform_core.auth import audit
from platform_core.auth.accounts import Account
from platform_core.auth.clock import SECOND_US, Clock, now_us
from platform_core.auth.policy import Principal
from platform_core.auth.secret import new_token, token_hash
from platform_core.db import Database
from platform_core.db.accounts import ApiTokenRow, MembershipRow, SessionRow, UserRow
from schemas.errors import ConfigError
from schemas.models.tenant import ROLES, Role

IDLE_US = 7 * 86_400 * SECOND_US
ABSOLUTE_US = 30 * 86_400 * SECOND_US
TOUCH_EVERY_US = 300 * SECOND_US
SESSIONS_PER_USER = 50
TOKEN_PREFIX = "il_"  # noqa: S105 - makes leaked tokens recognisable, is not one


class Sessions:
    """Starts, finds and ends sessions and API tokens."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock

    def start(self, account: Account, address: str = "") -> str:
        """A new session for someone who has just logged in; returns the secret for the cookie."""
        token = new_token()
        now = self._clock()
        with self._database.write() as session:
            session.exec(delete(SessionRow).where(col(SessionRow.expires_ts) <= now))
            query = select(SessionRow).where(SessionRow.user_id == account.user_id)
            mine = session.exec(query.order_by(col(SessionRow.last_seen_ts))).all()
            for old in mine[: max(0, len(mine) + 1 - SESSIONS_PER_USER)]:
                session.delete(old)
            row = SessionRow(
                token_hash=token_hash(token),
                tenant=account.tenant,
                user_id=account.user_id,
                created_ts=now,
                last_seen_ts=now,
                expires_ts=now + ABSOLUTE_US,
                address=address,
            )
            session.add(row)
            audit.record(session, account.tenant, account.name, "session.start", address=address)
        return token

    def find(self, token: str) -> Principal | None:
        """Who holds this session now, with the role as it is now; None when it is not valid (any more)."""
        now = self._clock()
        with self._database.read() as session:
            row = session.get(SessionRow, token_hash(token))
            if row is None or row.expires_ts <= now or row.last_seen_ts + IDLE_US <= now:
                return None
            user = session.get(UserRow, row.user_id)
            member = session.get(MembershipRow, (row.tenant, row.user_id))
        if user is None or user.disabled or member is None:
            return None
        if row.last_seen_ts + TOUCH_EVERY_US <= now:
            self._touch(row.token_hash, now)
        return Principal(row.tenant, user.name, cast(Role, member.role), "session", user.id)

    def end(self, token: str) -> None:
        """Log out."""
        with self._database.write() as session:
            row = session.get(SessionRow, token_hash(token))
            if row is not None:
                user = session.get(UserRow, row.user_id)
                audit.record(session, row.tenant, user.name if user else "", "session.end")
                session.delete(row)

    def new_api_token(self, tenant: str, name: str, role: str, actor: str, *, lifetime_days: int | None = None) -> str:
        """A bearer token for a program. It is shown once; only its hash is stored."""
        if role not in ROLES:
            raise ConfigError("account.role", f"There is no role {role!r}.", hint=f"One of {', '.join(ROLES)}.")
        token = new_token(TOKEN_PREFIX)
        now = self._clock()
        with self._database.write() as session:
            query = select(ApiTokenRow).where(ApiTokenRow.tenant == tenant, ApiTokenRow.name == name)
            if session.exec(query).first() is not None:
                raise ConfigError("account.taken", f"There already is a token {name!r}.")
            expires = None if lifetime_days is None else now + lifetime_days * 86_400 * SECOND_US
            session.add(
                ApiTokenRow(
                    tenant=tenant,
                    name=name,
                    role=role,
                    token_hash=token_hash(token),
                    created_ts=now,
                    expires_ts=expires,
                )
            )
            audit.record(session, tenant, actor, "token.create", resource=name, detail=role)
        return token

    def find_api_token(self, token: str) -> Principal | None:
        """Who holds this bearer token; None when it is unknown, expired or revoked."""
        now = self._clock()
        with self._database.read() as session:
            query = select(ApiTokenRow).where(ApiTokenRow.token_hash == token_hash(token))
            row = session.exec(query).first()
        if row is None or row.revoked_ts is not None or (row.expires_ts is not None and row.expires_ts <= now):
            return None
        return Principal(row.tenant, f"token {row.name}", cast(Role, row.role), "token")

    def revoke_api_token(self, tenant: str, name: str, actor: str) -> None:
        """End a token at once. Raises ``ConfigError`` when there is none of this name."""
        with self._database.write() as session:
            query = select(ApiTokenRow).where(ApiTokenRow.tenant == tenant, ApiTokenRow.name == name)
            row = session.exec(query).first()
            if row is None:
                raise ConfigError("account.unknown", f"There is no token {name!r}.")
            row.revoked_ts = self._clock()
            session.add(row)
            audit.record(session, tenant, actor, "token.revoke", resource=name)

    def _touch(self, hashed: str, now: int) -> None:
        with self._database.write() as session:
            row = session.get(SessionRow, hashed)
            if row is not None:
                row.last_seen_ts = now
                session.add(row)
