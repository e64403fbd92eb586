"""Tokens whose time is over leave the balance, once, as a posting like any other."""

from __future__ import annotations

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import after_commit

_BATCH = 500


def expire_lots(env: Env) -> int:
    """One transaction per account, so that a broken one holds nobody else up."""
    now = env.clock.now()
    with env.db.read() as tx:
        accounts = ledger.with_due_lots(tx, now, _BATCH)
    for account_id in accounts:
        with env.db.begin() as tx:
            ledger.expire_due(tx, account_id, now)
            after_commit(tx, lambda account_id=account_id: env.signals.publish(account_id))  # type: ignore[misc]  # a bound default
    return len(accounts)
