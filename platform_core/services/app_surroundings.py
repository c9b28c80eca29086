"""What an app meets at this installation: components, its pictures, the tenant's assets and signals."""

from __future__ import annotations

from sqlmodel import Session, select

from platform_core.db.apps import AppMediaRow
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.services.documents.check import Surroundings
from platform_core.services.documents.check_memory import CheckMemory
from platform_core.services.documents.lint import Plant


def surroundings(session: Session, tenant: str, app: str, memory: CheckMemory) -> Surroundings:
    """Read within the caller's transaction."""
    media = session.exec(select(AppMediaRow.name).where(AppMediaRow.tenant == tenant, AppMediaRow.app == app)).all()
    return Surroundings(memory.components, frozenset(media), plant_of(session, tenant), memory)


def plant_of(session: Session, tenant: str) -> Plant:
    """Assets, and the signals that have a tag."""
    assets = session.exec(select(AssetRow.id).where(AssetRow.tenant == tenant)).all()
    signals = session.exec(select(RoleRow.asset, RoleRow.role).where(RoleRow.tenant == tenant)).all()
    return Plant(frozenset(assets), dict.fromkeys(signals))
