"""Counts tries at guarded doors in the database, so that the limit holds across replicas and restarts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, take_turns
from billing_ui.kit.ids import digest
from billing_ui.models import AuthAttempt
from billing_ui.rules.errors import TooManyTries

WINDOW = timedelta(minutes=15)
_KEEP = timedelta(days=1)

Limits = dict[str, int]


def subject(door: str, kind: str, who: str) -> str:
    """What is limited. The address or e-mail is kept as a digest: counting needs no names."""
    return f"{door}:{kind}:{digest(who)[:32]}"


def reserve(env: Env, limits: Limits, window: timedelta = WINDOW) -> list[int]:
    """Counts one try for each subject, before it is made, so that tries at the same time cannot slip through.

    Raises TooManyTries when any of them is used up. Answers what `forgive` takes back.
    """
    with env.db.begin() as tx:
        return reserve_in(tx, env, limits, window)


def reserve_in(tx: Tx, env: Env, limits: Limits, window: timedelta = WINDOW) -> list[int]:
    """The same inside a larger transaction."""
    now = env.clock.now()
    for name, limit in sorted(limits.items()):
        take_turns(tx, name)
        recent = select(func.count(), func.min(col(AuthAttempt.at))).where(
            col(AuthAttempt.subject) == name, col(AuthAttempt.at) > now - window
        )
        count, oldest = tx.execute(recent).one()
        if count >= limit:
            retry_at = now if oldest is None else oldest + window
            raise TooManyTries(retry_at=retry_at.isoformat(timespec="seconds"))
    rows = [AuthAttempt(subject=name, at=now) for name in limits]
    tx.add_all(rows)
    tx.execute(delete(AuthAttempt).where(col(AuthAttempt.subject).in_(limits), col(AuthAttempt.at) < now - _KEEP))
    tx.flush()
    return [row.id for row in rows if row.id is not None]


def forgive(tx: Tx, tries: list[int], *, also: str = "") -> None:
    """A try that succeeded does not count; and whoever knows the password starts with a clean sheet."""
    tx.execute(delete(AuthAttempt).where(col(AuthAttempt.id).in_(tries) | (col(AuthAttempt.subject) == also)))
