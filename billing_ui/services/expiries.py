"""Tokens whose time is over leave the balance, once, as a posting like any other; holds past theirs hold nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from billing_ui import ledger
from billing_ui.env import Env

_BATCH = 500
log = logging.getLogger(__name__)


def expire_lots(env: Env) -> int:
    """Tokens past their time. Answers how many accounts had some."""
    now = env.clock.now()
    with env.db.read() as tx:
        accounts = ledger.with_due_lots(tx, now, _BATCH)
    return _each(env, accounts)


def release_holds(env: Env) -> int:
    """What was set aside for longer than it may be. Answers how many accounts had some."""
    now = env.clock.now()
    with env.db.read() as tx:
        accounts = ledger.with_due_holds(tx, now, _BATCH)
    return _each(env, accounts)


def _each(env: Env, accounts: Sequence[int]) -> int:
    """Each by itself, so that a broken one holds nobody else up."""
    for account_id in accounts:
        try:
            env.writer.catch_up(account_id)
            env.signals.publish(account_id)
        except Exception:
            log.exception("what account %s has past its time could not be taken out", account_id)
    return len(accounts)
