"""The platform database: tenants, accounts, the tag catalog, gaps and apps. Samples live in the store."""

from platform_core.db.engine import Database, open_database

__all__ = ["Database", "open_database"]
