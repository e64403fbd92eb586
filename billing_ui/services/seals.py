"""Seals the books, a day after they were written at the latest."""

from __future__ import annotations

import logging
from datetime import timedelta

from billing_ui import ledger
from billing_ui.env import Env

_AGE = timedelta(days=1)
_ACCOUNTS = 1000
_ENTRIES = 300_000
log = logging.getLogger(__name__)


def seal_books(env: Env, age: timedelta = _AGE) -> int:
    """Entries older than that, and whole ranges of younger ones. Answers how many; what one round does not reach is
    left for the next."""
    sealed = 0
    with env.db.read() as tx:
        accounts = ledger.to_seal(tx, env.clock.now() - age, _ACCOUNTS)
    for account_id in accounts:
        if sealed >= _ENTRIES:
            break
        try:
            sealed += ledger.seal_account(env.db, account_id, _ENTRIES - sealed)
        except Exception:
            log.exception("the entries of account %s could not be sealed", account_id)
    return sealed
