"""Compares yesterday with the gateway, each night at three in Jakarta."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from billing_ui.env import Env
from billing_ui.kit.json_types import JsonMap
from billing_ui.rules.access import system
from billing_ui.rules.errors import GatewayError, GatewayUnavailable
from billing_ui.rules.reconciliation import next_round
from billing_ui.services import queue, reconciliation

log = logging.getLogger(__name__)

ACTOR = system("reconcile")
KIND = "cron.reconcile"
KEY = f"cron:{KIND}"
_HOLD_EVERY = timedelta(seconds=15)
_TRY_AGAIN = timedelta(minutes=15)


def run(env: Env, _args: JsonMap) -> datetime:
    """A gateway that is away now may be back in a quarter of an hour; the night after that is soon enough for all
    else, and a round that failed must not stop the rounds after it."""
    now = env.clock.now()
    span = reconciliation.due_span(env)
    try:
        done = reconciliation.reconcile(env, ACTOR, span, progress=holding(env))
    except GatewayError as error:
        log.warning("reconciliation: the gateway's list could not be read: %s", error)
        # A gateway that says no will say no again in a quarter of an hour: a wrong key, or none.
        is_away = isinstance(error, GatewayUnavailable)
        return min(now + _TRY_AGAIN, next_round(now)) if is_away else next_round(now)
    except Exception:
        log.exception("reconciliation failed")
        return next_round(now)
    log.log(
        logging.ERROR if done.unexplained else logging.INFO,
        "reconciliation %s: %d settled, %d unexplained; see: billing-ui reconcile",
        done.public_id, done.totals["settled"].count, done.unexplained,
    )  # fmt: skip
    return next_round(now)


def holding(env: Env) -> reconciliation.Progress:
    """A long list takes longer than a lease lasts: the job is held on to while it moves."""
    held_at = env.clock.now()

    def moved(_step: str, _count: int) -> None:
        nonlocal held_at
        if env.clock.now() - held_at >= _HOLD_EVERY:
            held_at = env.clock.now()
            queue.prolong(env, KEY)

    return moved
