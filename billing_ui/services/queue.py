"""The job table from the runner's side: claim one, finish it, put it back, park what cannot be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update

from billing_ui.env import Env
from billing_ui.infra.db import after_commit
from billing_ui.models import Job
from billing_ui.models.types import JsonMap
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import NotFound
from billing_ui.rules.jobs import LEASE, MAX_ATTEMPTS, backoff
from billing_ui.services import audits

_LONGEST_ERROR = 2_000
_JOB = Job.__table__  # type: ignore[attr-defined]  # SQLModel does not tell of it


@dataclass(frozen=True, slots=True)
class Claim:
    """One job in the hands of one runner, until its lease ends."""

    id: int
    kind: str
    key: str
    args: JsonMap
    attempts: int
    holder: str


def claim(env: Env, holder: str, kinds: tuple[str, ...]) -> Claim | None:
    """Takes the job that has waited longest. A job whose process keeps dying is parked instead of handed out again."""
    now = env.clock.now()
    free = (
        (_JOB.c.state == "queued")
        & (_JOB.c.due_at <= now)
        & _JOB.c.kind.in_(kinds)
        & or_(_JOB.c.leased_until.is_(None), _JOB.c.leased_until < now)
    )
    with env.db.read() as look:
        if look.scalar(select(_JOB.c.id).where(free).limit(1)) is None:
            return None
    with env.db.begin() as tx:
        tx.execute(
            update(_JOB)
            .where(free, _JOB.c.attempts >= MAX_ATTEMPTS)
            .values(state="dead", finished_at=now, leased_by=None, last_error="gave up: the process died each time")
        )
        oldest = select(_JOB.c.id).where(free).order_by(_JOB.c.due_at).limit(1).with_for_update(skip_locked=True)
        row = tx.execute(
            update(_JOB)
            .where(_JOB.c.id == oldest.scalar_subquery())
            .values(leased_by=holder, leased_until=now + LEASE, attempts=_JOB.c.attempts + 1)
            .returning(_JOB.c.id, _JOB.c.kind, _JOB.c.key, _JOB.c.args, _JOB.c.attempts)
        ).first()
    return Claim(row.id, row.kind, row.key, row.args, row.attempts, holder) if row else None


def prolong(env: Env, key: str) -> None:
    """For a job that takes longer than a lease: told now and then, it stays with whoever holds it."""
    mine = (_JOB.c.key == key) & (_JOB.c.state == "queued") & _JOB.c.leased_by.is_not(None)
    with env.db.begin() as tx:
        tx.execute(update(_JOB).where(mine).values(leased_until=env.clock.now() + LEASE))


def finish(env: Env, taken: Claim, again_at: datetime | None = None) -> bool:
    """Marks the job done, or due again. A runner that lost its lease changes nothing and is told so."""
    now = env.clock.now()
    done = {"state": "done", "finished_at": now, "last_error": ""}
    again = {"state": "queued", "due_at": again_at, "attempts": 0, "last_error": ""}
    return _close(env, taken, done if again_at is None else again)


def give_back(env: Env, taken: Claim, error: str) -> bool:
    """Puts a failed job back with a growing wait, or parks it when its attempts are used up."""
    if taken.attempts >= MAX_ATTEMPTS:
        return park(env, taken, error)
    due = env.clock.now() + backoff(taken.attempts, env.ids.jitter(41))
    return _close(env, taken, {"due_at": due, "last_error": error[:_LONGEST_ERROR]})


def park(env: Env, taken: Claim, error: str) -> bool:
    """Sets a job aside for a person: trying again would only fail again."""
    told = {"state": "dead", "finished_at": env.clock.now(), "last_error": error[:_LONGEST_ERROR]}
    return _close(env, taken, told)


def revive(env: Env, actor: Actor, key: str, reason: str) -> None:
    """Sets a job going again that was set aside: a person has mended what was wrong."""
    require(actor, "payments.recheck")
    now = env.clock.now()
    with env.db.begin() as tx:
        revived = tx.execute(
            update(_JOB)
            .where(_JOB.c.key == key, _JOB.c.state == "dead")
            .values(state="queued", due_at=now, attempts=0, finished_at=None, leased_by=None, leased_until=None)
            .returning(_JOB.c.last_error)
        ).first()
        if revived is None:
            raise NotFound(what="job")
        audits.record(tx, env, actor, "job.revived", key, reason, before={"last_error": revived.last_error})
        after_commit(tx, lambda: env.awaken(now))


def _close(env: Env, taken: Claim, values: JsonMap) -> bool:
    with env.db.begin() as tx:
        changed = tx.execute(
            update(_JOB)
            .where(_JOB.c.id == taken.id, _JOB.c.leased_by == taken.holder, _JOB.c.attempts == taken.attempts)
            .values(leased_by=None, leased_until=None, **values)
            .returning(_JOB.c.id)
        )
        return changed.first() is not None
