"""What an app meets at this installation: components, its pictures, the tenant's assets and signals."""

from __future__ import annotations

from sqlmodel import Session, col, select

from platform_core.db.apps import AppMediaRow
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.tags import TagRow
from platform_core.services.asset_types import roles_by_asset
from platform_core.services.documents.check import Surroundings
from platform_core.services.documents.check_memory import CheckMemory
from platform_core.services.documents.lint import Plant
from platform_core.services.writability import Writability, announces_write


class Site:
    """What is read of the tenant's plant for a check."""

    def __init__(self, writability: Writability) -> None:
        self._writability = writability

    def surroundings(self, session: Session, tenant: str, app: str, memory: CheckMemory) -> Surroundings:
        """Read within the caller's transaction."""
        mine = select(AppMediaRow.name).where(AppMediaRow.tenant == tenant, AppMediaRow.app == app)
        media = frozenset(session.exec(mine).all())
        return Surroundings(memory.components, media, self.plant(session, tenant), memory)

    def plant(self, session: Session, tenant: str) -> Plant:
        """Assets, and the signals that have a tag, with whether that tag may be written."""
        rows = session.exec(select(AssetRow.id, AssetRow.type, AssetRow.level).where(AssetRow.tenant == tenant)).all()
        assets = [asset for asset, _, _ in rows]
        query = select(RoleRow.asset, RoleRow.role, TagRow).join(TagRow, col(TagRow.tag_id) == col(RoleRow.tag_id))
        mine = query.where(RoleRow.tenant == tenant).order_by(col(RoleRow.valid_from_ts))
        now = {(asset, role): tag for asset, role, tag in session.exec(mine).all()}  # the latest wins
        said = roles_by_asset(session, tenant, assets)
        known = {
            signal: self._writability.of(
                now[signal].edge, now[signal].key, said.get(signal), announces_write(now[signal].meta)
            )
            for signal in sorted(now)
        }
        return Plant(frozenset(assets), known, {asset: (kind, level) for asset, kind, level in rows})
