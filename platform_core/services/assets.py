"""Assets and the role map: which tag plays which role where, since when."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.db import Database
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.tags import TagRow
from schemas.errors import ConfigError
from schemas.models.asset import Asset, RoleMapRow

DEPTH_MAX = 16


class Assets:
    """The plant as apps see it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def assets(self, tenant: str) -> list[dict[str, Any]]:
        """All assets, by id."""
        with self._database.read() as session:
            rows = session.exec(select(AssetRow).where(AssetRow.tenant == tenant).order_by(col(AssetRow.id))).all()
        names = ("id", "name", "parent", "level", "type")
        return [{name: getattr(row, name) for name in names} for row in rows]

    def roles(self, tenant: str) -> list[dict[str, Any]]:
        """The whole role map, in the order of asset, role and time."""
        query = select(RoleRow).where(RoleRow.tenant == tenant)
        query = query.order_by(col(RoleRow.asset), col(RoleRow.role), col(RoleRow.valid_from_ts))
        with self._database.read() as session:
            rows = session.exec(query).all()
        return [
            {"asset": row.asset, "role": row.role, "tag_id": row.tag_id, "valid_from": row.valid_from_ts}
            for row in rows
        ]

    def put_asset(self, tenant: str, asset: Asset, author: str) -> None:
        """Make or change an asset. Raises ``ConfigError`` when its parent is missing or would be inside it."""
        with self._database.write() as session:
            _check_parent(session, tenant, asset)
            row = session.get(AssetRow, (tenant, asset.id)) or AssetRow(tenant=tenant, id=asset.id, name="")
            row.name, row.parent, row.level, row.type = asset.name, asset.parent, asset.level, asset.type
            session.add(row)
            audit.record(session, tenant, author, "asset.write", resource=asset.id)

    def put_role(self, tenant: str, role: RoleMapRow, author: str) -> None:
        """From ``valid_from`` on the tag plays the role. Raises ``ConfigError`` for unknown assets and tags."""
        with self._database.write() as session:
            tag = session.get(TagRow, role.tag_id)
            if session.get(AssetRow, (tenant, role.asset)) is None:
                raise ConfigError("asset.unknown", f"There is no asset {role.asset!r}.")
            if tag is None or tag.tenant != tenant:
                raise ConfigError("tag.unknown", f"There is no tag {role.tag_id}.")
            key = (tenant, role.asset, role.role, role.valid_from)
            row = session.get(RoleRow, key) or RoleRow(
                tenant=tenant, asset=role.asset, role=role.role, valid_from_ts=role.valid_from, tag_id=role.tag_id
            )
            row.tag_id = role.tag_id
            session.add(row)
            audit.record(session, tenant, author, "role.write", resource=f"{role.asset}/{role.role}")


def _check_parent(session: Session, tenant: str, asset: Asset) -> None:
    parent = asset.parent
    for _ in range(DEPTH_MAX):
        if parent is None:
            return
        if parent == asset.id:
            raise ConfigError("asset.cycle", "An asset cannot be inside itself.")
        row = session.get(AssetRow, (tenant, parent))
        if row is None:
            raise ConfigError("asset.unknown", f"There is no asset {parent!r}.")
        parent = row.parent
    raise ConfigError("asset.depth", f"Assets are nested at most {DEPTH_MAX} deep.")
