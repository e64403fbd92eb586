"""How migrations reach the database: the URL comes from the caller, and replicas take turns under a lock."""

from __future__ import annotations

from sqlalchemy import text

from alembic import context
from billing_ui.config import load
from billing_ui.infra.db import Database
from billing_ui.ledger import tables  # noqa: F401 - registers the ledger's tables
from billing_ui.models.types import metadata

_LOCK = 4242_0001


def run() -> None:
    url = context.config.attributes.get("url") or load().database_url
    database = Database(url)
    try:
        _migrate(database)
    finally:
        database.dispose()


def _migrate(database: Database) -> None:
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
            connection.commit()
        writing = connection.execution_options(billing_write=True)
        context.configure(connection=writing, target_metadata=metadata, render_as_batch=True,
                          transaction_per_migration=False)  # fmt: skip
        with context.begin_transaction():
            context.run_migrations()
        writing.commit()


run()
