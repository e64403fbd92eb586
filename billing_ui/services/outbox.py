"""Follow-up work as rows: stored with its cause or not at all, done after it, once per key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.models import Job
from billing_ui.models.types import JsonMap

_TABLE = Job.__table__  # type: ignore[attr-defined]  # SQLModel does not tell of it


def enqueue(tx: Tx, env: Env, kind: str, key: str, args: JsonMap, due_at: datetime | None = None) -> bool:
    """Stores the job unless its key is known. Returns whether it is new. Wakes the runner of this process."""
    now = env.clock.now()
    due = now if due_at is None else due_at
    dialect = sqlite if tx.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(_TABLE)
        .values(kind=kind, key=key, args=args, state="queued", due_at=due, attempts=0, last_error="", created_at=now)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(_TABLE.c.id)
    )
    is_new = tx.execute(statement).first() is not None
    after_commit(tx, lambda: env.awaken(due))
    return is_new


def reschedule(tx: Tx, env: Env, kind: str, key: str, args: JsonMap, due_at: datetime) -> None:
    """Stores the job, or moves the queued or finished one with this key to an earlier or new due time."""
    if not enqueue(tx, env, kind, key, args, due_at):
        tx.execute(
            update(_TABLE)
            .where(_TABLE.c.key == key, (_TABLE.c.state != "queued") | (_TABLE.c.due_at > due_at))
            .values(state="queued", due_at=due_at, attempts=0, leased_by=None, leased_until=None, finished_at=None)
        )
    after_commit(tx, lambda: env.awaken(due_at))
