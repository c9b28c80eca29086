"""Bringing agents in: a single-use token for one edge, traded for credentials that are good for that edge alone.

A token lives 15 minutes and works once. Whoever trades it gets a user name and a random password of their own; the
broker gives that user the topics of its edge and no other (`interlock/broker.py`). Trading again replaces the password:
the machine that had the old one is cut off. Every step is in the audit, also each refusal of a known token.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sqlmodel import Session, col, delete, select

from platform_core.agent_certificates import AgentCertificates, Holder
from platform_core.auth import audit
from platform_core.auth.accounts import TooManyAttempts
from platform_core.auth.clock import SECOND_US, Clock, now_us
from platform_core.auth.secret import new_token, token_hash
from platform_core.auth.throttle import Throttle
from platform_core.db import Database
from platform_core.db.enrolment import EdgeAccessRow, EnrolmentTokenRow
from platform_core.db.tenancy import SiteRow
from platform_core.services.broker_users import BrokerUser, BrokerUsers
from schemas.errors import AuthError, ConfigError
from schemas.identifiers import MANUAL_EDGE, is_identifier
from schemas.models.tenant import DEFAULT_TENANT

LIFETIME_US = 15 * 60 * SECOND_US
#: Used and ended tokens are kept this long, so that a second use is told from a wrong token.
KEPT_US = 7 * 86_400 * SECOND_US
TOKEN_PREFIX = "ile_"  # noqa: S105 - how a token begins, so that one that got lost is recognised
PASSWORD_BYTES = 24
OPEN_TOKENS_MAX = 200
MACHINE_MAX = 128


@dataclass(frozen=True, slots=True)
class BrokerPlace:
    """Where agents find the broker: its address, and (PEM) the CA that signed its certificate; "" for a public one."""

    url: str
    ca: str = ""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token as it was made. ``token`` is shown once; no repr, so that no log has it."""

    token: str = field(repr=False)
    edge: str
    site: str
    expires_ts: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an agent gets for its token."""

    tenant: str
    edge: str
    site: str
    broker: BrokerPlace
    user: str
    password: str = field(repr=False)
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class EdgeAccess:
    """One line of the list: an agent that was enrolled, or (``enrolled_ts`` None) one whose token still waits."""

    edge: str
    site: str
    author: str
    enrolled_ts: int | None = None
    enrolled_from: str = ""
    revoked_ts: int | None = None
    token_expires_ts: int | None = None


class Enrolment:
    """Tokens and access of all tenants. Every method is one transaction."""

    def __init__(
        self, database: Database, folder: Path, broker: BrokerPlace, clock: Clock = now_us,
        certificates: AgentCertificates | None = None,
    ) -> None:  # fmt: skip
        """`certificates`: agents that ask for one are given a client certificate too."""
        self._database = database
        self._users = BrokerUsers(folder)
        self._broker = broker
        self._clock = clock
        self._throttle = Throttle(database, clock)
        self._certificates = certificates

    def new_token(self, tenant: str, edge: str, author: str, site: str = "") -> IssuedToken:
        """A token for one edge; an earlier one of that edge that still waits stops working.

        Raises ``ConfigError``: ``enrol.edge`` no name for an edge, ``enrol.site`` no such site, ``enrol.count``.
        """
        if not is_identifier(edge) or edge == MANUAL_EDGE:
            raise ConfigError(
                "enrol.edge", f"{edge!r} cannot be the name of an edge.", hint="Use a-z, 0-9, _ and -, as line_1."
            )
        token, now = new_token(TOKEN_PREFIX), self._clock()
        with self._database.write() as session:
            place = _site(session, tenant, site)
            session.exec(delete(EnrolmentTokenRow).where(col(EnrolmentTokenRow.expires_ts) < now - KEPT_US))
            waiting = self._waiting(session, tenant, now)
            for row in waiting:
                if row.edge == edge:
                    session.delete(row)
            if len(waiting) >= OPEN_TOKENS_MAX:
                raise ConfigError("enrol.count", f"{OPEN_TOKENS_MAX} tokens wait already.", hint="Let some end.")
            row = EnrolmentTokenRow(
                token_hash=token_hash(token), tenant=tenant, edge=edge, site=place, author=author, created_ts=now,
                expires_ts=now + LIFETIME_US,
            )  # fmt: skip
            session.add(row)
            audit.record(session, tenant, author, "edge.token", resource=edge, detail=place)
        return IssuedToken(token, edge, place, now + LIFETIME_US)

    def trade(self, token: str, address: str, machine: str = "", request: str = "") -> Credentials:
        """The agent's own credentials for its token, which is used up. `request`: for a certificate (PEM), "" for none.

        Raises ``ConfigError`` (``enrol.csr``) for a request that cannot be taken: the token then is still good.
        ``AuthError``: ``enrol.token`` there is no such token (any more), ``enrol.used``, ``enrol.expired``;
        ``TooManyAttempts``. Raises ``ConfigError`` or OSError where the broker's users cannot be written: the token
        then is still good.
        """
        subject = f"enrolment {address}"
        wait_s = self._throttle.begin(subject, address)
        if wait_s:
            raise TooManyAttempts(wait_s)
        with self._database.write() as session:
            refused, row = self._judge(session, token, address)
            found = None if row is None else self._admit(session, row, address, machine, request)
        if found is None:
            raise refused
        self._throttle.succeeded(subject, address)
        return found

    def _judge(self, session: Session, token: str, address: str) -> tuple[AuthError, EnrolmentTokenRow | None]:
        hint = "Have a new one made: Health, Bring in an agent."
        row = session.get(EnrolmentTokenRow, token_hash(token))
        if row is None:
            return AuthError("enrol.token", "This enrolment token is not known here.", hint=hint), None
        if row.used_ts is not None:
            error = AuthError("enrol.used", "This enrolment token was used already.", hint=hint)
        elif row.expires_ts <= self._clock():
            error = AuthError("enrol.expired", "This enrolment token has ended: it is good for 15 minutes.", hint=hint)
        else:
            return AuthError("enrol.token", ""), row
        audit.record(
            session, row.tenant, "agent", "edge.enrol", outcome="refused", resource=row.edge, address=address,
            detail=error.code,
        )  # fmt: skip
        return error, None

    def _admit(self, session: Session, row: EnrolmentTokenRow, address: str, machine: str, request: str) -> Credentials:
        now = self._clock()
        row.used_ts, row.used_from = now, address
        access = session.get(EdgeAccessRow, (row.tenant, row.edge))
        again = access is not None and access.revoked_ts is None
        if access is None:
            access = EdgeAccessRow(tenant=row.tenant, edge=row.edge, site=row.site, enrolled_ts=now, author=row.author)
        access.site, access.author, access.enrolled_ts, access.revoked_ts = row.site, row.author, now, None
        access.enrolled_from, access.machine = address, machine[:MACHINE_MAX]
        session.add(row)
        session.add(access)
        audit.record(
            session, row.tenant, "agent", "edge.enrol", resource=row.edge, address=address,
            detail="replaces the credentials it had" if again else "", body={"token_by": row.author},
        )  # fmt: skip
        session.flush()
        user = BrokerUser(row.tenant, row.edge, _user(row.tenant, row.edge), secrets.token_urlsafe(PASSWORD_BYTES))
        certificate = self._certificate(request, Holder(row.tenant, row.edge, user.user, now))
        # Before the commit: should it fail, a user nobody knows the password of is left, and the token is still good.
        self._users.put(user)
        return Credentials(row.tenant, row.edge, row.site, self._broker, user.user, user.password, certificate)

    def _certificate(self, request: str, holder: Holder) -> str:
        return self._certificates.sign(request, holder) if self._certificates is not None and request else ""

    def renew(self, certificate: str, request: str, proof: str, address: str) -> str:
        """The next certificate (PEM) of an agent that shows its present one; see ``AgentCertificates.renewed``.

        Raises ``AuthError`` (``enrol.renewal``): a certificate that is not of the edge's present enrolment, or revoked;
        ``ConfigError`` (``enrol.csr``); ``TooManyAttempts``.
        """
        subject = f"renewal {address}"
        wait_s = self._throttle.begin(subject, address)
        if wait_s:
            raise TooManyAttempts(wait_s)
        refused = AuthError(
            "enrol.renewal", "This certificate is not one that can be renewed here.",
            hint="Enrol the agent again: Health, Bring in an agent.",
        )  # fmt: skip
        if self._certificates is None:
            raise refused
        holder = self._certificates.renewed(certificate, request, proof)
        with self._database.write() as session:
            access = session.get(EdgeAccessRow, (holder.tenant, holder.edge))
            good = access is not None and access.revoked_ts is None and access.enrolled_ts == holder.enrolled_ts
            audit.record(
                session, holder.tenant, "agent", "edge.certificate", outcome="done" if good else "refused",
                resource=holder.edge, address=address,
            )  # fmt: skip
        if not good:
            raise refused
        made = self._certificates.sign(request, holder)
        self._throttle.succeeded(subject, address)
        return made

    def revoke(self, tenant: str, edge: str, author: str) -> bool:
        """Take an agent's access away, and the token that waits for it; False where there is neither."""
        now = self._clock()
        with self._database.write() as session:
            waiting = [row for row in self._waiting(session, tenant, now) if row.edge == edge]
            for row in waiting:
                session.delete(row)
            access = session.get(EdgeAccessRow, (tenant, edge))
            had = access is not None and access.revoked_ts is None
            if not (waiting or had):
                return False
            if access is not None and had:
                access.revoked_ts = now
                session.add(access)
            audit.record(session, tenant, author, "edge.revoke", resource=edge)
            session.flush()
            self._users.remove(tenant, edge)
        return True

    def all_access(self, tenant: str) -> list[EdgeAccess]:
        """Agents that were enrolled and tokens that wait, by edge."""
        now = self._clock()
        with self._database.read() as session:
            rows = session.exec(select(EdgeAccessRow).where(EdgeAccessRow.tenant == tenant)).all()
            waiting = {row.edge: row for row in self._waiting(session, tenant, now)}
        found = [
            EdgeAccess(
                row.edge, row.site, row.author, row.enrolled_ts, row.enrolled_from, row.revoked_ts,
                waiting[row.edge].expires_ts if row.edge in waiting else None,
            )
            for row in rows
        ]  # fmt: skip
        known = {one.edge for one in found}
        found += [
            EdgeAccess(row.edge, row.site, row.author, token_expires_ts=row.expires_ts)
            for row in waiting.values()
            if row.edge not in known
        ]
        return sorted(found, key=lambda one: one.edge)

    def _waiting(self, session: Session, tenant: str, now: int) -> list[EnrolmentTokenRow]:
        query = select(EnrolmentTokenRow).where(
            EnrolmentTokenRow.tenant == tenant, col(EnrolmentTokenRow.used_ts).is_(None),
            col(EnrolmentTokenRow.expires_ts) > now,
        )  # fmt: skip
        return list(session.exec(query).all())


def _user(tenant: str, edge: str) -> str:
    """A broker's user names are those of all tenants: two that each have a line_1 must not share one."""
    return f"edge_{edge}" if tenant == DEFAULT_TENANT else f"edge_{tenant}.{edge}"


def _site(session: Session, tenant: str, wanted: str) -> str:
    sites = [row.id for row in session.exec(select(SiteRow).where(SiteRow.tenant == tenant))]
    if wanted and wanted not in sites:
        raise ConfigError("enrol.site", f"There is no site {wanted!r}.", hint=f"One of {', '.join(sorted(sites))}.")
    return wanted or ("main" if "main" in sites else min(sites, default=""))
