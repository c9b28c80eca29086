"""Accounts of people: making the first administrator by the set-up link, adding users, logging in."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from platform_core.auth import audit, passwords
from platform_core.auth.clock import SECOND_US, Clock, now_us
from platform_core.auth.secret import new_token, token_hash
from platform_core.auth.throttle import Throttle
from platform_core.db import Database
from platform_core.db.accounts import MembershipRow, SetupTokenRow, UserRow
from platform_core.db.tenancy import SiteRow, TenantRow, is_zone
from schemas.errors import AuthError, ConfigError
from schemas.identifiers import is_identifier
from schemas.models.tenant import ROLES

NAME_LENGTH_MAX = 80
SETUP_LIFETIME_US = 24 * 3600 * SECOND_US


@dataclass(frozen=True, slots=True)
class Account:
    """A user as a member of a tenant."""

    user_id: int
    name: str
    tenant: str
    role: str


class TooManyAttempts(AuthError):
    """Logging in has to wait ``retry_after_s`` seconds."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("auth.wait", "Too many attempts.", hint=f"Try again in {retry_after_s} seconds.")
        self.retry_after_s = retry_after_s


class Accounts:
    """Users of all tenants. Every method is one transaction."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock
        self._throttle = Throttle(database, clock)

    def ensure_tenant(self, tenant: str, name: str = "", zone: str = "UTC") -> None:
        """Make the tenant and its first site when they are not there. Raises ``ConfigError`` for an unknown zone."""
        if not is_identifier(tenant):
            raise ConfigError("account.tenant", f"{tenant!r} is not an id.", hint="Use a-z, 0-9, _ and -.")
        if not is_zone(zone):
            raise ConfigError("account.zone", f"There is no time zone {zone!r}.", hint="Write one like Europe/Berlin.")
        with self._database.write() as session:
            if session.get(TenantRow, tenant) is None:
                session.add(TenantRow(id=tenant, name=name or tenant, created_ts=self._clock()))
                session.flush()
                session.add(SiteRow(tenant=tenant, id="main", name=name or tenant, zone=zone))

    def has_administrator(self, tenant: str) -> bool:
        """Whether someone can administer the tenant."""
        with self._database.read() as session:
            return _has_administrator(session, tenant)

    def new_setup_token(self, tenant: str) -> str | None:
        """A fresh set-up token, valid for a day; earlier ones stop working. None when an administrator
        exists.
        """
        token = new_token()
        now = self._clock()
        with self._database.write() as session:
            if _has_administrator(session, tenant):
                return None
            for row in session.exec(select(SetupTokenRow).where(SetupTokenRow.tenant == tenant)):
                session.delete(row)
            row = SetupTokenRow(
                token_hash=token_hash(token), tenant=tenant, created_ts=now, expires_ts=now + SETUP_LIFETIME_US
            )
            session.add(row)
        return token

    def set_up(self, token: str, name: str, password: str, address: str = "") -> Account:
        """Make the first administrator of the token's tenant. Raises ``AuthError`` or ``ConfigError``."""
        wrong = AuthError(
            "auth.setup",
            "This set-up link is not valid (any more).",
            hint="Restart the platform: it prints a new one while there is no administrator.",
        )
        with self._database.read() as session:
            found = session.get(SetupTokenRow, token_hash(token))
            if found is None or found.used_ts is not None or found.expires_ts <= self._clock():
                raise wrong
        row = self._prepared(name, password)
        with self._database.write() as session:
            found = session.get(SetupTokenRow, token_hash(token))
            if found is None or found.used_ts is not None or _has_administrator(session, found.tenant):
                raise wrong
            found.used_ts = self._clock()
            session.add(found)
            account = _add(session, row, found.tenant, "admin")
            audit.record(session, found.tenant, account.name, "account.setup", address=address)
        return account

    def add_user(self, tenant: str, name: str, password: str, role: str, actor: str) -> Account:
        """Add a user with a role. Raises ``ConfigError`` when the name is taken or the role unknown."""
        if role not in ROLES:
            raise ConfigError("account.role", f"There is no role {role!r}.", hint=f"One of {', '.join(ROLES)}.")
        row = self._prepared(name, password)
        with self._database.write() as session:
            account = _add(session, row, tenant, role)
            audit.record(session, tenant, actor, "account.add", resource=account.name, detail=role)
        return account

    def set_role(self, tenant: str, name: str, role: str | None, actor: str) -> None:
        """Change a member's role, or (None) end the membership; holds from the next request on."""
        if role is not None and role not in ROLES:
            raise ConfigError("account.role", f"There is no role {role!r}.", hint=f"One of {', '.join(ROLES)}.")
        with self._database.write() as session:
            user = session.exec(select(UserRow).where(UserRow.name_key == name_key(name))).first()
            member = session.get(MembershipRow, (tenant, user.id)) if user else None
            if member is None:
                raise ConfigError("account.unknown", f"There is no user {name!r}.")
            if role is None:
                session.delete(member)
            else:
                member.role = role
                session.add(member)
            audit.record(session, tenant, actor, "account.role", resource=name, detail=role or "removed")

    def log_in(self, name: str, password: str, address: str) -> Account:
        """Check name and password. Raises ``TooManyAttempts``, or ``AuthError`` that does not say which was
        wrong.
        """
        user_id, shown, members = self._verified(name, password, address)
        return Account(user_id, shown, members[0].tenant, members[0].role)

    def check(self, tenant: str, name: str, password: str) -> Account:
        """As `log_in`, of a member of this tenant, where somebody has logged in already."""
        user_id, shown, members = self._verified(name, password, f"approval {tenant}")
        for member in members:
            if member.tenant == tenant:
                return Account(user_id, shown, tenant, member.role)
        raise AuthError("auth.wrong", "Name or password is wrong.")

    def _verified(self, name: str, password: str, address: str) -> tuple[int, str, Sequence[MembershipRow]]:
        key = name_key(name[:NAME_LENGTH_MAX])
        wait_s = self._throttle.begin(key, address)
        if wait_s:
            raise TooManyAttempts(wait_s)
        with self._database.read() as session:
            user = session.exec(select(UserRow).where(UserRow.name_key == key)).first()
            query = select(MembershipRow).order_by(col(MembershipRow.tenant))
            members = session.exec(query.where(MembershipRow.user_id == (user.id if user else -1))).all()
        right = passwords.verify(user.password_hash if user else None, password[: passwords.LENGTH_MAX + 1])
        if user is None or user.id is None or not right or user.disabled or not members:
            self._note_failure(members, key, address)
            raise AuthError("auth.wrong", "Name or password is wrong.")
        self._throttle.succeeded(key, address)
        return user.id, user.name, members

    def _note_failure(self, members: object, key: str, address: str) -> None:
        tenants = [member.tenant for member in members] if isinstance(members, list) else []
        if not tenants:
            return
        with self._database.write() as session:
            for tenant in tenants:
                audit.record(session, tenant, key, "session.start", outcome="refused", address=address)

    def _prepared(self, name: str, password: str) -> UserRow:
        shown = unicodedata.normalize("NFC", name).strip()
        if not 1 <= len(shown) <= NAME_LENGTH_MAX or not shown.isprintable():
            raise ConfigError("account.name", f"A name has 1 to {NAME_LENGTH_MAX} printable characters.")
        passwords.check_rules(password, shown)
        hashed = passwords.hash_password(password)
        return UserRow(name=shown, name_key=name_key(shown), password_hash=hashed, created_ts=self._clock())


def name_key(name: str) -> str:
    """How names are compared: NFKC, without case."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _has_administrator(session: Session, tenant: str) -> bool:
    query = (
        select(MembershipRow)
        .join(UserRow, col(UserRow.id) == col(MembershipRow.user_id))
        .where(MembershipRow.tenant == tenant, MembershipRow.role == "admin", col(UserRow.disabled).is_(False))
    )
    return session.exec(query).first() is not None


def _add(session: Session, row: UserRow, tenant: str, role: str) -> Account:
    if session.exec(select(UserRow).where(UserRow.name_key == row.name_key)).first() is not None:
        raise ConfigError("account.taken", f"There already is a user {row.name!r}.")
    session.add(row)
    session.flush()
    if row.id is None:
        raise ConfigError("account.failed", "The user could not be stored.")
    session.add(MembershipRow(tenant=tenant, user_id=row.id, role=role))
    return Account(row.id, row.name, tenant, role)
