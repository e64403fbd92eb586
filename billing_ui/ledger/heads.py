"""What others may ask of an account's head besides posting: to open it, and which lots are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, insert, select

from billing_ui.infra.db import Tx
from billing_ui.ledger.drafting import STATS
from billing_ui.ledger.tables import account_head, lot


def open_head(tx: Tx, account_id: int, plan_version_id: int, zone: str, period_on: date, now: datetime) -> None:
    """Opens the books of a new account, empty."""
    tx.flush()
    tx.connection().execute(
        insert(account_head),
        {
            "account_id": account_id, "seq": 0, "balance": 0, "held": 0, "floor": 0, "access": "open",
            "plan_version_id": plan_version_id, "period_on": period_on, "zone": zone, "last_at": now, "due_at": None,
            "release_at": None, "version": 0, "windows": {}, **dict.fromkeys(STATS, 0),
        },
    )  # fmt: skip


def with_due_lots(tx: Tx, now: datetime, limit: int) -> Sequence[int]:
    """The accounts whose lots `expire_due` would take tokens from. Frozen lots wait for the end of their dispute."""
    query = select(lot.c.account_id).where(*_due(now)).distinct().order_by(lot.c.account_id).limit(limit)
    return tx.connection().scalars(query).all()


def balance_without_due(tx: Tx, account_id: int, now: datetime) -> int:
    """The balance that the next posting finds, once the tokens whose time is up have left."""
    due = select(func.coalesce(func.sum(lot.c.remaining), 0)).where(lot.c.account_id == account_id, *_due(now))
    query = select(account_head.c.balance - due.scalar_subquery()).where(account_head.c.account_id == account_id)
    return int(tx.connection().scalar(query) or 0)


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return lot.c.is_open, ~lot.c.is_frozen, lot.c.expires_at <= now
