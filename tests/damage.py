"""Goes behind the ledger's back, as a person with the password of the database might."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from billing_ui.infra.db import Database

GUARDS = (("lot", "remaining"), ("lot", "is_open"), ("account_head", "signs"))


def break_in(db: Database, statement: str, values: dict[str, Any] | None = None) -> None:
    """One statement with the database's own guards lowered. Checks and, on SQLite, triggers stay off afterwards."""
    with db.engine.connect() as connection:
        if db.is_sqlite:
            for pragma in ("ignore_check_constraints = ON", "foreign_keys = OFF"):
                connection.connection.cursor().execute(f"PRAGMA {pragma}")
            for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))  # no triggers, no foreign keys
            for table, guard in GUARDS:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS ck_{table}_{guard}"))
        connection.execute(text(statement), values or {})
        connection.commit()
        connection.invalidate()
