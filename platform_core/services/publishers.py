"""Publishers whose packages a tenant trusts: a list of public keys, kept by its administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.apps import PublisherRow
from platform_core.services.documents.signing import PublicKey
from schemas.errors import ConfigError

PUBLISHERS_MAX = 100
NAME_LENGTH_MAX = 120

SignatureState = Literal["trusted", "untrusted", "unsigned"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Somebody whose packages the tenant trusts."""

    key_id: str
    name: str
    public_key: str
    ts: int
    author: str


def trust_of(session: Session, tenant: str, signer: PublicKey | None) -> tuple[SignatureState, str]:
    """What a signature is worth here, and the publisher's name where it is trusted."""
    if signer is None:
        return "unsigned", ""
    row = session.get(PublisherRow, (tenant, signer.key_id))
    return ("untrusted", "") if row is None else ("trusted", row.name)


class Publishers:
    """Publishers of all tenants; each method works in the tenant given."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock

    def publishers(self, tenant: str) -> list[Publisher]:
        """Those the tenant trusts, by name."""
        query = select(PublisherRow).where(PublisherRow.tenant == tenant).order_by(col(PublisherRow.name))
        with self._database.read() as session:
            rows = session.exec(query).all()
        return [Publisher(row.key_id, row.name, row.public_key, row.ts, row.author) for row in rows]

    def trust(self, tenant: str, name: str, public_key: str, author: str) -> Publisher:
        """Trust a publisher's key. Raises ``ConfigError`` (``key.public``, ``publisher.count``)."""
        key = PublicKey.parse(public_key)
        with self._database.write() as session:
            row = session.get(PublisherRow, (tenant, key.key_id))
            if row is None:
                mine = select(PublisherRow.key_id).where(PublisherRow.tenant == tenant)
                if len(session.exec(mine).all()) >= PUBLISHERS_MAX:
                    raise ConfigError("publisher.count", f"There are {PUBLISHERS_MAX} publishers already.")
                row = PublisherRow(
                    tenant=tenant, key_id=key.key_id, name=name, public_key=key.text, ts=self._clock(), author=author
                )
            row.name = name[:NAME_LENGTH_MAX]
            session.add(row)
            audit.record(session, tenant, author, "publisher.trust", resource=key.key_id, detail=name)
        return Publisher(row.key_id, row.name, row.public_key, row.ts, row.author)

    def distrust(self, tenant: str, key_id: str, author: str) -> bool:
        """Trust a key no longer; False when it was not trusted. What is installed stays."""
        with self._database.write() as session:
            row = session.get(PublisherRow, (tenant, key_id))
            if row is None:
                return False
            session.delete(row)
            audit.record(session, tenant, author, "publisher.distrust", resource=key_id, detail=row.name)
        return True
