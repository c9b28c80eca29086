"""Where a tenant is: the time zone in which its days and shifts are counted."""

from __future__ import annotations

from sqlmodel import col, select

from platform_core.db import Database
from platform_core.db.tenancy import SiteRow, is_zone

ZONE_DEFAULT = "UTC"


class Sites:
    """Reads the sites of tenants."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def zone(self, tenant: str) -> str:
        """IANA zone of the tenant's first site; UTC where there is none, or this machine does not know it."""
        query = select(SiteRow.zone).where(SiteRow.tenant == tenant).order_by(col(SiteRow.id))
        with self._database.read() as session:
            found = session.exec(query).first()
        return found if found is not None and is_zone(found) else ZONE_DEFAULT
