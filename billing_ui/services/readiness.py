"""What a process needs before it may serve: the database at the newest shape, the catalogue applied, jobs moving,
the gateway in reach."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import migration_state
from billing_ui.models import Job
from billing_ui.rules.errors import BillingError
from billing_ui.services import plans

BEAT = "cron:cron.beat"
BEAT_EVERY = timedelta(seconds=2)
# A beat is due every two seconds; one that is three seconds late is five seconds old.
_LATE = timedelta(seconds=3)


def missing(env: Env) -> list[str]:
    """What is not there yet, in the order in which it is usually mended; nothing when all is well."""
    try:
        at, newest = migration_state(env.db)
        if at != newest:
            return [f"database: at revision {at or 'none'}, the code needs {newest}; run: billing-ui db upgrade"]
        lacking = [] if plans.is_applied(env) else ["catalogue: not applied; run: billing-ui catalogue apply"]
        if not is_beating(env):
            lacking.append("worker: no beat in the last 5 seconds; run: billing-ui worker")
    except (SQLAlchemyError, BillingError) as error:
        return [f"database: {type(error).__name__}"]
    return lacking + [
        f"gateway {name}: does not answer" for name, gateway in env.gateways.items() if not gateway.ping()
    ]


def is_beating(env: Env) -> bool:
    """Whether some worker, in this process or another, moved the beat lately."""
    with env.db.read() as tx:
        due = tx.scalar(select(col(Job.due_at)).where(col(Job.key) == BEAT, col(Job.state) == "queued"))
    return due is not None and env.clock.now() - due <= _LATE
