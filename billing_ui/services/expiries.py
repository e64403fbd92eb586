"""Tokens whose time is over leave the balance, once, as a posting like any other; holds past theirs hold nothing."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import after_commit

_BATCH = 500
log = logging.getLogger(__name__)


def expire_lots(env: Env) -> int:
    """Tokens past their time. Answers how many accounts had some."""
    now = env.clock.now()
    with env.db.read() as tx:
        accounts = ledger.with_due_lots(tx, now, _BATCH)
    return _each(env, accounts, now)


def release_holds(env: Env) -> int:
    """What was set aside for longer than it may be. Answers how many accounts had some."""
    now = env.clock.now()
    with env.db.read() as tx:
        accounts = ledger.with_due_holds(tx, now, _BATCH)
    return _each(env, accounts, now)


def _each(env: Env, accounts: Sequence[int], now: datetime) -> int:
    """One transaction per account, so that a broken one holds nobody else up."""
    for account_id in accounts:
        try:
            _expire(env, account_id, now)
        except Exception:
            log.exception("what account %s has past its time could not be taken out", account_id)
    return len(accounts)


def _expire(env: Env, account_id: int, now: datetime) -> None:
    with env.db.begin() as tx:
        ledger.expire_due(tx, account_id, now)
        ledger.release_due(tx, env.writer.terms, account_id, now)
        after_commit(tx, lambda: env.signals.publish(account_id))
