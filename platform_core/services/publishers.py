"""Publishers whose packages a tenant trusts: a list of public keys, kept by its administrators."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.apps import AppReleaseRow, AppRow, PublisherRow
from platform_core.db.code_blocks import CodeBlockRow
from platform_core.services.documents.signing import PublicKey
from platform_core.services.refusals import refusal

PUBLISHERS_MAX = 100
NAME_LENGTH_MAX = 120
NOTE_LENGTH_MAX = 500

SignatureState = Literal["trusted", "untrusted", "unsigned"]
#: Key → what it signed: id, and version or number of the release.
_Signed = dict[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who vouches for a package here. ``publisher``: name of the trusted one; ``public_key`` is base64."""

    state: SignatureState
    key_id: str = ""
    publisher: str = ""
    public_key: str = ""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Somebody whose packages the tenant trusts, and what is here of what they signed.

    ``apps`` are releases; ``drafts`` the apps whose draft was taken from a package.
    """

    key_id: str
    name: str
    note: str
    public_key: str
    ts: int
    author: str
    blocks: tuple[tuple[str, str], ...] = ()
    apps: tuple[tuple[str, str], ...] = ()
    drafts: tuple[str, ...] = ()


def signature_here(session: Session, tenant: str, signer: PublicKey | None) -> Signature:
    """What a signature is worth here."""
    if signer is None:
        return Signature("unsigned")
    row = session.get(PublisherRow, (tenant, signer.key_id))
    if row is None:
        return Signature("untrusted", signer.key_id, "", signer.text)
    return Signature("trusted", signer.key_id, row.name, signer.text)


def publisher_names(session: Session, tenant: str) -> dict[str, str]:
    """Key → name of each trusted publisher."""
    query = select(PublisherRow.key_id, PublisherRow.name).where(PublisherRow.tenant == tenant)
    return dict(session.exec(query).all())


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
            blocks, apps = _signed_blocks(session, tenant), _signed_releases(session, tenant)
            drafts = _signed_drafts(session, tenant)
        return [
            replace(
                _publisher(row),
                blocks=tuple(blocks.get(row.key_id, ())),
                apps=tuple(apps.get(row.key_id, ())),
                drafts=tuple(drafts.get(row.key_id, ())),
            )
            for row in rows
        ]

    def inspect(self, tenant: str, public_key: str) -> Signature:
        """What a key is and whether it is trusted; writes nothing. Raises ``ConfigError`` (``key.public``)."""
        key = PublicKey.parse(public_key)
        with self._database.read() as session:
            return signature_here(session, tenant, key)

    def trust(self, tenant: str, name: str, public_key: str, author: str, note: str = "") -> Publisher:
        """Trust a publisher's key; of one that is trusted, name and note change.

        Raises ``ConfigError`` (``key.public``, ``publisher.count``).
        """
        key = PublicKey.parse(public_key)
        with self._database.write() as session:
            row = session.get(PublisherRow, (tenant, key.key_id))
            if row is None:
                mine = select(PublisherRow.key_id).where(PublisherRow.tenant == tenant)
                if len(session.exec(mine).all()) >= PUBLISHERS_MAX:
                    raise refusal("publisher.count", max=PUBLISHERS_MAX)
                row = PublisherRow(
                    tenant=tenant, key_id=key.key_id, name=name, public_key=key.text, ts=self._clock(), author=author
                )
            row.name, row.note = name.strip()[:NAME_LENGTH_MAX], note.strip()[:NOTE_LENGTH_MAX]
            session.add(row)
            body = {"public_key": key.text, "note": row.note}
            audit.record(session, tenant, author, "publisher.trust", resource=key.key_id, detail=row.name, body=body)
            return _publisher(row)

    def distrust(self, tenant: str, key_id: str, author: str) -> bool:
        """Trust a key no longer; False when it was not trusted. What is installed stays."""
        with self._database.write() as session:
            row = session.get(PublisherRow, (tenant, key_id))
            if row is None:
                return False
            session.delete(row)
            audit.record(session, tenant, author, "publisher.distrust", resource=key_id, detail=row.name)
        return True


def _publisher(row: PublisherRow) -> Publisher:
    return Publisher(row.key_id, row.name, row.note, row.public_key, row.ts, row.author)


def _signed_blocks(session: Session, tenant: str) -> _Signed:
    query = select(CodeBlockRow.key_id, CodeBlockRow.id, CodeBlockRow.version).where(
        CodeBlockRow.tenant == tenant, CodeBlockRow.key_id != ""
    )
    found: _Signed = {}
    for key_id, name, version in sorted(session.exec(query).all()):
        found.setdefault(key_id, []).append((name, version))
    return found


def _signed_releases(session: Session, tenant: str) -> _Signed:
    query = select(AppReleaseRow.signer_key, AppReleaseRow.app, AppReleaseRow.no).where(
        AppReleaseRow.tenant == tenant, AppReleaseRow.signer_key != ""
    )
    found: _Signed = {}
    for key_id, app, no in sorted(session.exec(query).all()):
        found.setdefault(key_id, []).append((app, str(no)))
    return found


def _signed_drafts(session: Session, tenant: str) -> dict[str, list[str]]:
    query = select(AppRow.draft_signer_key, AppRow.id).where(AppRow.tenant == tenant, AppRow.draft_signer_key != "")
    found: dict[str, list[str]] = {}
    for key_id, app in sorted(session.exec(query).all()):
        found.setdefault(key_id, []).append(app)
    return found
