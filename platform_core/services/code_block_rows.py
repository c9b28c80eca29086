"""Installed blocks of other makers in the database, within the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.db.apps import AppDraftFileRow, AppReleaseRow
from platform_core.db.code_blocks import CodeBlockRow
from platform_core.services import canonical_json
from platform_core.services.document_paths import APP_FILE
from platform_core.services.documents.block_packages import BlockPackage
from platform_core.services.refusals import Refusal, refusal

CODE_BLOCKS_MAX = 200

#: ``here``: the same files are installed; ``other``: other files of this version are, so it cannot be.
BlockState = Literal["new", "here", "other"]


def block_state(session: Session, tenant: str, block: BlockPackage) -> BlockState:
    """What installing a block would do."""
    row = session.get(CodeBlockRow, (tenant, block.id, block.version))
    if row is None:
        return "new"
    return "here" if row.hash == block.hash else "other"


def add_code_blocks(session: Session, tenant: str, blocks: Iterable[BlockPackage], now: int, author: str) -> list[str]:
    """Install what is not here yet; the hashes of what is new. A block begins without any capability.

    Raises ``ConfigError``: ``code_block.other`` when other files have this id and version, ``code_block.count``.
    """
    new = []
    for block in blocks:
        state = block_state(session, tenant, block)
        if state == "other":
            raise other_files(block)
        if state == "new":
            new.append(block)
    count = session.exec(select(func.count()).select_from(CodeBlockRow).where(CodeBlockRow.tenant == tenant)).one()
    if count + len(new) > CODE_BLOCKS_MAX:
        raise refusal("code_block.count", max=CODE_BLOCKS_MAX)
    for block in new:
        key_id = "" if block.signer is None else block.signer.key_id
        session.add(
            CodeBlockRow(
                tenant=tenant,
                id=block.id,
                version=block.version,
                hash=block.hash,
                manifest=canonical_json.dumps(block.document),
                package=block.content,
                key_id=key_id,
                ts=now,
                author=author,
            )
        )
        body = {"hash": block.hash, "key_id": key_id, "asks": list(block.manifest.capabilities)}
        detail = f"{block.version}, signed by {key_id[:16] or 'nobody'}"
        audit.record(session, tenant, author, "code_block.install", resource=block.id, detail=detail, body=body)
    session.flush()
    return [block.hash for block in new]


def other_files(block: BlockPackage) -> Refusal:
    """The version is installed with other files than these."""
    return refusal("code_block.other", block=block.id, version=block.version, hash=block.hash[:16])


def code_block_uses(session: Session, tenant: str) -> dict[tuple[str, str], set[str]]:
    """Id and version → apps whose draft or any release names it."""
    named = func.json_extract(AppReleaseRow.content, f'$."{APP_FILE}".code_blocks')
    released = select(AppReleaseRow.app, named).where(AppReleaseRow.tenant == tenant, named.is_not(None))
    own = func.json_extract(AppDraftFileRow.content, "$.code_blocks")
    mine = (AppDraftFileRow.tenant == tenant, AppDraftFileRow.path == APP_FILE)
    drafted = select(AppDraftFileRow.app, own).where(*mine, own.is_not(None))
    uses: dict[tuple[str, str], set[str]] = {}
    for query in (released, drafted):
        for app, text in session.exec(query):
            for block, version in _named(json.loads(text)):
                uses.setdefault((block, version), set()).add(app)
    return uses


def _named(pins: Any) -> Iterable[tuple[str, str]]:
    if not isinstance(pins, Mapping):
        return []
    return [(block, str(pin.get("version"))) for block, pin in pins.items() if isinstance(pin, Mapping)]


def newest_first(session: Session, tenant: str) -> list[CodeBlockRow]:
    """All rows of a tenant by id, the newest version of each first; without what is in the package."""
    rows = session.exec(select(CodeBlockRow).where(CodeBlockRow.tenant == tenant).order_by(col(CodeBlockRow.id))).all()
    return sorted(rows, key=lambda row: (row.id, [-number for number in version_key(row.version)]))


def version_key(version: str) -> tuple[int, ...]:
    """For comparing versions."""
    return tuple(int(part) for part in version.split("."))
