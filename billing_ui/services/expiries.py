"""Tokens whose time is over leave the balance, once, as a posting like any other."""

from __future__ import annotations

import logging
from datetime import datetime

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import after_commit

_BATCH = 500
log = logging.getLogger(__name__)


def expire_lots(env: Env) -> int:
    """One transaction per account, so that a broken one holds nobody else up."""
    now = env.clock.now()
    with env.db.read() as tx:
        accounts = ledger.with_due_lots(tx, now, _BATCH)
    for account_id in accounts:
        try:
            _expire(env, account_id, now)
        except Exception:
            log.exception("the tokens of account %s could not expire", account_id)
    return len(accounts)


def _expire(env: Env, account_id: int, now: datetime) -> None:
    with env.db.begin() as tx:
        ledger.expire_due(tx, account_id, now)
        after_commit(tx, lambda: env.signals.publish(account_id))
