"""The job table as a person looks at it: what waits, and what was set aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Job


@dataclass(frozen=True, slots=True)
class JobView:
    """One job. `last_error` says why it was tried again or set aside."""

    key: str
    kind: str
    state: str
    due_at: datetime
    attempts: int
    last_error: str


def counts(tx: Tx) -> dict[tuple[str, str], int]:
    """(kind, state) → how many."""
    query = select(col(Job.kind), col(Job.state), func.count()).group_by(col(Job.kind), col(Job.state))
    return {(kind, state): number for kind, state, number in tx.execute(query.order_by(col(Job.kind)))}


def parked(tx: Tx, limit: int = 100) -> tuple[JobView, ...]:
    """What waits for a person, newest first."""
    query = select(Job).where(col(Job.state) == "dead").order_by(col(Job.finished_at).desc()).limit(limit)
    return tuple(
        JobView(job.key, job.kind, job.state, job.due_at, job.attempts, job.last_error) for job in tx.scalars(query)
    )
