"""What others may ask of an account's head besides posting: a change of plan, and whose lots are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import account_head, lot


def set_plan(tx: Tx, account_id: int, plan_version_id: int, period_on: date) -> None:
    """The account is on this plan version from now on; balances, lots and running windows stay."""
    tx.execute(
        update(account_head)
        .where(account_head.c.account_id == account_id)
        .values(plan_version_id=plan_version_id, period_on=period_on)
    )


def with_due_lots(tx: Tx, now: datetime, limit: int) -> Sequence[int]:
    """Accounts that hold open lots whose time is over."""
    due = select(lot.c.account_id).distinct().where(lot.c.is_open, lot.c.expires_at <= now).limit(limit)
    return tx.scalars(due).all()
