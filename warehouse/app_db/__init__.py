"""Users, sessions and the audit trail: what people write, apart from the warehouse, which they only read."""

from warehouse.app_db.database import AppDb, app_db, open_app_db

__all__ = ["AppDb", "app_db", "open_app_db"]
