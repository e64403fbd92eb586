"""Looks after what fell through: payments nobody is watching, old rows nobody needs."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import and_, delete, exists, literal, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.models import AuthAttempt, AuthSession, AuthToken, Job, Payment
from billing_ui.rules.payments import WATCHED
from billing_ui.services import looks

GATEWAY_TAKES_MONEY_FOR = timedelta(hours=49)
_KEEP_FINISHED_JOBS = timedelta(days=30)
_KEEP_ATTEMPTS = timedelta(days=1)
_KEEP_ENDED = timedelta(days=30)
_BATCH = 200


def sweep_payments(env: Env) -> int:
    """Arms a look for every payment that may still bring money and that no queued job is looking at."""
    now = env.clock.now()
    looked_at = exists().where(
        and_(col(Job.key) == literal("look:") + col(Payment.public_id), col(Job.state) == "queued")
    )  # fmt: skip
    forgotten = (
        select(Payment)
        .where(col(Payment.status).in_(WATCHED), col(Payment.created_at) > now - GATEWAY_TAKES_MONEY_FOR, ~looked_at)
        .where((col(Payment.gateway_request_id).is_not(None)) | col(Payment.status).in_(("created", "unknown")))
        .order_by(col(Payment.created_at).desc())
        .limit(_BATCH)
    )
    with env.db.read() as tx:
        found = tx.scalars(forgotten).all()
    if found:
        with env.db.begin() as tx:
            for payment in found:
                looks.arm(tx, env, payment)
    return len(found)


def purge(env: Env) -> int:
    """Removes what has served its purpose: finished looks, ended links and sessions, counted tries.

    Keys of mails and of money are kept for ever.
    """
    now = env.clock.now()
    old_jobs = delete(Job).where(
        col(Job.state) == "done",
        col(Job.finished_at) < now - _KEEP_FINISHED_JOBS,
        col(Job.kind).in_((looks.KIND, "inbox.handle")),
    )
    with env.db.begin() as tx:
        removed = tx.execute(old_jobs.returning(col(Job.id))).all()
        tx.execute(delete(AuthToken).where(col(AuthToken.expires_at) < now - _KEEP_ENDED))
        tx.execute(delete(AuthSession).where(col(AuthSession.expires_at) < now - _KEEP_ENDED))
        tx.execute(delete(AuthAttempt).where(col(AuthAttempt.at) < now - _KEEP_ATTEMPTS))
    return len(removed)
