"""Finding tags: by words, by id, page by page; with the role they play."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select, tuple_

from platform_core.db import Database
from platform_core.db.assets import RoleRow
from platform_core.db.tags import TagRow
from platform_core.services.asset_types import effective_meta, roles_by_asset
from platform_core.services.writability import Writability, announces_write
from schemas.models.asset_type import SignalRole

LIMIT_MAX = 2000
WORDS_MAX = 8


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as the API shows it.

    ``meta`` is a ``TagMeta`` with ``scan_ms`` and ``address``; what the tag itself does not say is taken from its
    role in the asset's type, and ``meta_from`` says for each field which of the two it is (``tag`` or ``type``).
    """

    id: int
    key: str
    edge: str
    connection: str
    kind: str
    meta: dict[str, Any]
    asset: str | None
    role: str | None
    meta_from: dict[str, str] = field(default_factory=dict)
    #: Whether it may be written at all; None: not known now.
    writable: bool | None = None


@dataclass(frozen=True, slots=True)
class TagPage:
    """A page of tags in the order of their keys; ``next`` asks for the following one, None at the end."""

    tags: list[Tag]
    next: str | None


class TagDirectory:
    """Reads the catalog that ingest writes."""

    def __init__(self, database: Database, writability: Writability | None = None) -> None:
        self._database = database
        self._writability = writability or Writability()

    def search(
        self,
        tenant: str,
        text: str = "",
        limit: int = 100,
        after: int | None = None,
        hidden: Collection[int] = frozenset(),
    ) -> TagPage:
        """Tags whose key, description or unit contains every word of ``text``, but for the ``hidden`` ones."""
        limit = max(1, min(limit, LIMIT_MAX))
        query = select(TagRow).where(TagRow.tenant == tenant, col(TagRow.retired_ts).is_(None))
        if hidden:
            query = query.where(col(TagRow.tag_id).not_in(sorted(hidden)))
        for word in text.split()[:WORDS_MAX]:
            query = query.where(
                or_(
                    col(TagRow.key).icontains(word, autoescape=True),
                    col(TagRow.meta).icontains(word, autoescape=True),
                    col(TagRow.edge).icontains(word, autoescape=True),
                )
            )
        with self._database.read() as session:
            if after is not None:
                start = session.get(TagRow, after)
                if start is None or start.tenant != tenant or after in hidden:
                    return TagPage([], None)
                query = query.where(tuple_(col(TagRow.key), col(TagRow.tag_id)) > tuple_(start.key, start.tag_id))
            query = query.order_by(col(TagRow.key), col(TagRow.tag_id)).limit(limit + 1)
            rows = session.exec(query).all()
            found = _with_roles(session, tenant, rows[:limit])
        tags = self._views(found)
        more = len(rows) > limit
        return TagPage(tags, str(tags[-1].id) if more else None)

    def get(self, tenant: str, tag_id: int) -> Tag | None:
        """One tag, retired or not; None when this tenant has no such tag."""
        tags = self.by_ids(tenant, [tag_id])
        return tags[tag_id] if tags else None

    def count(self, tenant: str) -> int:
        """How many tags are read."""
        query = select(func.count()).select_from(TagRow)
        with self._database.read() as session:
            return session.exec(query.where(TagRow.tenant == tenant, col(TagRow.retired_ts).is_(None))).one()

    def by_ids(self, tenant: str, ids: Sequence[int]) -> dict[int, Tag]:
        """Those of the ids that are tags of the tenant."""
        with self._database.read() as session:
            rows: list[TagRow] = []
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                query = select(TagRow).where(TagRow.tenant == tenant, col(TagRow.tag_id).in_(part))
                rows.extend(session.exec(query).all())
            found = _with_roles(session, tenant, rows)
        return {tag.id: tag for tag in self._views(found)}

    def _views(self, found: Iterable[tuple[TagRow, RoleRow | None, SignalRole | None]]) -> list[Tag]:
        """A device may be asked here: never within a transaction."""
        return [self._shown(row, role, said) for row, role, said in found]

    def _shown(self, row: TagRow, role: RoleRow | None, said: SignalRole | None) -> Tag:
        writable = self._writability.of(row.edge, row.key, said, announces_write(row.meta))
        return _view(row, role, said, writable)


def _with_roles(
    session: Session, tenant: str, rows: Iterable[TagRow]
) -> list[tuple[TagRow, RoleRow | None, SignalRole | None]]:
    """Tags with the role each plays, and what the asset's type says of it."""
    rows = list(rows)
    ids = [row.tag_id for row in rows if row.tag_id is not None]
    roles: dict[int, RoleRow] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        query = select(RoleRow).where(RoleRow.tenant == tenant, col(RoleRow.tag_id).in_(part))
        for role in session.exec(query.order_by(col(RoleRow.valid_from_ts))):
            roles[role.tag_id] = role
    said = roles_by_asset(session, tenant, [role.asset for role in roles.values()])
    views: list[tuple[TagRow, RoleRow | None, SignalRole | None]] = []
    for row in rows:
        held = roles.get(row.tag_id or 0)
        views.append((row, held, said.get((held.asset, held.role)) if held else None))
    return views


def _view(row: TagRow, role: RoleRow | None, said: SignalRole | None, writable: bool | None) -> Tag:
    meta, meta_from = effective_meta(json.loads(row.meta), said)
    return Tag(
        id=row.tag_id or 0,
        key=row.key,
        edge=row.edge,
        connection=row.connection,
        kind=row.kind,
        meta={**meta, "scan_ms": row.scan_ms, "address": row.address},
        asset=role.asset if role else None,
        role=role.role if role else None,
        meta_from=meta_from,
        writable=writable,
    )
