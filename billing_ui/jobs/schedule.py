"""Which jobs exist, and which of them come round by themselves. Missed rounds are not made up for: a round asks what
is due by now, never what today's round was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from billing_ui.env import Env
from billing_ui.jobs import (
    beat,
    expire_lots,
    handle_inbox,
    issue_receipts,
    look,
    look_refund,
    purge,
    reconcile,
    release_holds,
    seal,
    send_mail,
    sweep_payments,
    tell_alert,
)
from billing_ui.jobs.runner import Handler
from billing_ui.kit.json_types import JsonMap
from billing_ui.rules.reconciliation import next_round
from billing_ui.services import outbox
from billing_ui.services.readiness import BEAT_EVERY

log = logging.getLogger(__name__)

_ROUNDS: Mapping[str, tuple[timedelta, Callable[[Env], object]]] = {
    "cron.beat": (BEAT_EVERY, beat.run),
    "cron.sweep_payments": (timedelta(seconds=30), sweep_payments.run),
    "cron.expire_lots": (timedelta(minutes=15), expire_lots.run),
    "cron.release_holds": (timedelta(minutes=5), release_holds.run),
    "cron.seal": (timedelta(hours=1), seal.run),
    "cron.issue_receipts": (timedelta(hours=1), issue_receipts.run),
    "cron.purge": (timedelta(hours=24), purge.run),
}


def _round(kind: str) -> Handler:
    every, work = _ROUNDS[kind]

    def run(env: Env, _args: JsonMap) -> datetime | None:
        try:
            work(env)
        except Exception:
            # A round that failed must not stop the rounds after it.
            log.exception("%s failed", kind)
        return env.clock.now() + every

    return run


HANDLERS: Mapping[str, Handler] = {
    look.KIND: look.run,
    look_refund.KIND: look_refund.run,
    handle_inbox.KIND: handle_inbox.run,
    send_mail.KIND: send_mail.run,
    tell_alert.KIND: tell_alert.run,
    reconcile.KIND: reconcile.run,
    **{kind: _round(kind) for kind in _ROUNDS},
}


def arm(env: Env) -> None:
    """Stores the rounds that are not stored yet, and revives those that were parked. Any number of processes may."""
    with env.db.begin() as tx:
        for kind in _ROUNDS:
            outbox.reschedule(tx, env, kind, f"cron:{kind}", {}, env.clock.now())
        outbox.reschedule(tx, env, reconcile.KIND, reconcile.KEY, {}, next_round(env.clock.now()))
