"""Assets: the plant as a tree (ISA-95), with the role map's rows as apps get them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, delete, select

from platform_core.auth import audit
from platform_core.db import Database
from platform_core.db.assets import AssetRow, AssetTypeRow, RoleRow
from platform_core.services.refusals import problem, refusal, refusal_of
from platform_core.services.visibility import NOTHING_HIDDEN, Hidden, may
from schemas.errors import Problem
from schemas.models.asset import Asset
from schemas.models.tenant import Role

DEPTH_MAX = 16
ASSETS_MAX = 10_000
_LEVELS = ("site", "area", "line", "machine", "part")


class Assets:
    """The plant of each tenant. What is ``hidden`` from the caller is treated as if it were not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def assets(self, tenant: str, hidden: Hidden = NOTHING_HIDDEN) -> list[dict[str, Any]]:
        """All assets, by id."""
        with self._database.read() as session:
            rows = session.exec(select(AssetRow).where(AssetRow.tenant == tenant).order_by(col(AssetRow.id))).all()
        return [_view(row) for row in rows if row.id not in hidden.assets]

    def roles(self, tenant: str, hidden: Hidden = NOTHING_HIDDEN) -> list[dict[str, Any]]:
        """The whole role map, in the order of asset, role and time."""
        query = select(RoleRow).where(RoleRow.tenant == tenant)
        query = query.order_by(col(RoleRow.asset), col(RoleRow.role), col(RoleRow.valid_from_ts))
        with self._database.read() as session:
            rows = session.exec(query).all()
        return [
            {"asset": row.asset, "role": row.role, "tag_id": row.tag_id, "valid_from": row.valid_from_ts}
            for row in rows
            if row.asset not in hidden.assets and row.tag_id not in hidden.tags
        ]

    def get(self, tenant: str, asset_id: str, hidden: Hidden = NOTHING_HIDDEN) -> dict[str, Any] | None:
        """One asset; None when there is none."""
        with self._database.read() as session:
            row = session.get(AssetRow, (tenant, asset_id))
        return None if row is None or asset_id in hidden.assets else _view(row)

    def put_asset(
        self, tenant: str, asset: Asset, author: str, role: Role = "admin", hidden: Hidden = NOTHING_HIDDEN
    ) -> None:
        """Make or change an asset.

        Raises ``ConfigError`` with all problems: a parent that is missing, inside it or of a lower level, a type that
        is missing, or a ``see`` above the author's own ``role``.
        """
        with self._database.write() as session:
            write_asset(session, tenant, asset, author, role, hidden)

    def delete_asset(
        self, tenant: str, asset_id: str, author: str, *, cascade: bool, hidden: Hidden = NOTHING_HIDDEN
    ) -> dict[str, Any] | None:
        """Delete an asset: ``{"assets": [ids], "roles": n}``; None when there is none.

        Raises ``ConfigError`` (``asset.in_use``) when something is inside or mapped and ``cascade`` is not set. Tags
        and their history stay; only what plays a role there no longer does.
        """
        with self._database.write() as session:
            row = session.get(AssetRow, (tenant, asset_id))
            if row is None or asset_id in hidden.assets:
                return None
            below = _below(session, tenant, asset_id)
            part = [asset_id, *below]
            rows = [
                role for role in session.exec(select(RoleRow).where(RoleRow.tenant == tenant)) if role.asset in part
            ]
            if not cascade and (below or rows):
                raise refusal("asset.in_use/inside", below=len(below), name=row.name, rows=len(rows))
            if any(asset in hidden.assets for asset in below):
                raise refusal("asset.in_use/hidden")
            for role in rows:
                session.delete(role)
            session.flush()
            for asset in reversed(part):
                session.exec(delete(AssetRow).where(col(AssetRow.tenant) == tenant, col(AssetRow.id) == asset))
            body = {"assets": part[:100], "roles": len(rows)}
            audit.record(session, tenant, author, "asset.delete", resource=asset_id, body=body)
        return {"assets": part, "roles": len(rows)}


def write_asset(
    session: Session, tenant: str, asset: Asset, author: str, role: Role = "admin", hidden: Hidden = NOTHING_HIDDEN
) -> None:
    """As ``Assets.put_asset``, within the caller's transaction."""
    row = session.get(AssetRow, (tenant, asset.id))
    problems = _problems(session, tenant, asset, row, role, hidden)
    if problems:
        raise refusal_of(problems)
    row = row or AssetRow(tenant=tenant, id=asset.id, name="")
    row.name, row.parent, row.level, row.type = asset.name, asset.parent, asset.level, asset.type
    row.see, row.name_i18n = asset.see, json.dumps(asset.name_i18n, ensure_ascii=False)
    session.add(row)
    body = asset.model_dump(exclude={"id"})
    audit.record(session, tenant, author, "asset.write", resource=asset.id, body=body)


def _view(row: AssetRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in ("id", "name", "parent", "level", "type", "see")}
    names = json.loads(row.name_i18n)
    return plain | ({"name_i18n": names} if names else {})


def _below(session: Session, tenant: str, asset_id: str) -> list[str]:
    """Everything inside an asset, parents before children."""
    children: dict[str, list[str]] = {}
    query = select(AssetRow.id, AssetRow.parent).where(AssetRow.tenant == tenant, col(AssetRow.parent).is_not(None))
    for child, parent in session.exec(query.order_by(col(AssetRow.id))).all():
        children.setdefault(str(parent), []).append(child)
    found: list[str] = []
    waiting = list(children.get(asset_id, ()))
    while waiting:
        at = waiting.pop(0)
        if at not in found:
            found.append(at)
            waiting += children.get(at, ())
    return found


def _problems(
    session: Session, tenant: str, asset: Asset, row: AssetRow | None, role: Role, hidden: Hidden
) -> Sequence[Problem]:
    problems: list[Problem] = []
    if asset.id in hidden.assets:
        return [problem("asset.id/used", "/id")]
    if row is None:
        count = len(session.exec(select(AssetRow.id).where(AssetRow.tenant == tenant)).all())
        if count >= ASSETS_MAX:
            problems.append(problem("asset.too_many", "", max=ASSETS_MAX))
    if not may(asset.see, role):
        problems.append(problem("asset.see", "/see", role=role))
    is_new_type = asset.type is not None and (row is None or row.type != asset.type)
    if is_new_type and session.get(AssetTypeRow, (tenant, asset.type)) is None:
        problems.append(problem("asset_type.unknown", "/type", type=asset.type))
    return [*problems, *_parent_problems(session, tenant, asset, hidden)]


def _parent_problems(session: Session, tenant: str, asset: Asset, hidden: Hidden) -> Sequence[Problem]:
    parent = asset.parent
    for depth in range(DEPTH_MAX):
        if parent is None:
            return []
        if parent == asset.id:
            return [problem("asset.cycle", "/parent")]
        row = session.get(AssetRow, (tenant, parent))
        if row is None or parent in hidden.assets:
            return [problem("asset.unknown", "/parent", asset=parent)]
        if depth == 0 and _LEVELS.index(row.level) > _LEVELS.index(asset.level):
            levels = ", ".join(_LEVELS)
            return [problem("asset.level", "/level", level=asset.level, parent=row.level, levels=levels)]
        parent = row.parent
    return [problem("asset.depth", "/parent", max=DEPTH_MAX)]
