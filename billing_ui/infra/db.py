"""One way into either database: write transactions that wait their turn, reads that never do, safe migrations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

Tx = Session
Failpoint = Callable[[str], None]
log = logging.getLogger(__name__)

_AFTER = "after_commit"
# The log is written back into the file every 16 MB: pages that many transactions change are written back once.
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "wal_autocheckpoint=4000",
)  # fmt: skip


def _ignore(name: str) -> None:
    """A failpoint nobody armed."""


class Database:
    """Opens transactions. On SQLite writers queue in the process first, then at the file (BEGIN IMMEDIATE)."""

    def __init__(self, url: str | URL, *, failpoint: Failpoint = _ignore, pool_size: int = 12) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._failpoint = failpoint
        self._writers: Any = Lock() if self.is_sqlite else nullcontext()
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url, pool_size)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """A write transaction: commits when the block ends well, otherwise leaves no trace."""
        with self._writers, Session(self.engine, expire_on_commit=False) as tx:
            if self.is_sqlite:
                tx.connection(execution_options={"billing_write": True})
            yield tx
            tx.flush()
            self._failpoint("db.before_commit")
            tx.commit()
            calls = tx.info.get(_AFTER, ())
        self._failpoint("db.after_commit")
        for call in calls:
            try:
                call()
            except Exception:
                # The change stands; news of it that was not passed on must not make it look failed.
                log.exception("something to do after a commit failed")

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """A consistent look that never waits for writers and never writes."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as tx:
            yield tx

    def alone(self) -> AbstractContextManager[Any]:
        """On SQLite the turn of this process to write, for whoever brings a connection of their own."""
        return self._writers  # type: ignore[no-any-return]  # a lock, or nothing on PostgreSQL

    def ping(self) -> bool:
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def dispose(self) -> None:
        self.engine.dispose()


def after_commit(tx: Tx, call: Callable[[], None]) -> None:
    """Runs `call` once the transaction stands: waking a runner, telling open pages. Never anything that must happen."""
    tx.info.setdefault(_AFTER, []).append(call)


def take_turns(tx: Tx, name: str) -> None:
    """Until this transaction ends, nobody else passes here with the same name. On SQLite writers take turns anyway."""
    if tx.get_bind().dialect.name == "postgresql":
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _postgres_engine(url: URL, pool_size: int) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=pool_size, max_overflow=4,
        pool_timeout=10, connect_args={"options": "-c timezone=UTC", "connect_timeout": 5},
    )  # fmt: skip


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 10, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        write = connection.get_execution_options().get("billing_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN DEFERRED")

    return engine


def migrate(url: str | URL) -> None:
    """Brings the database to the newest shape. Replicas that start together take turns."""
    from alembic.config import Config  # noqa: PLC0415

    from alembic import command  # noqa: PLC0415 - alembic is only needed here, and is slow to import

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[2] / "alembic"))
    config.attributes["url"] = make_url(url)
    command.upgrade(config, "head")


def migration_state(database: Database) -> tuple[str | None, str | None]:
    """(the revision the database is at, the newest one the code knows)."""
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[2] / "alembic"))
    newest = ScriptDirectory.from_config(config).get_current_head()
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision(), newest
