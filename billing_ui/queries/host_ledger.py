"""The lines of an account's books as a host app reads them: the newest first, by their own numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from billing_ui.infra.db import Tx
from billing_ui.ledger.asks import USAGE
from billing_ui.ledger.tables import entry, lot


@dataclass(frozen=True, slots=True)
class EntryView:
    """One transfer from a pocket to a pocket. `balance_after` is the wallet's, after this line."""

    seq: int
    key: str
    line: int
    unit: str
    debit: str
    credit: str
    quantity: int
    balance_after: int
    lot: str | None
    cause: str
    occurred_at: datetime
    recorded_at: datetime


def entries(tx: Tx, account_id: int, before: int, limit: int) -> tuple[EntryView, ...]:
    """Those numbered below `before`. Numbers have no gaps and never change, so a page never moves."""
    line = entry.c
    columns = (
        line.seq, line.key, line.line, line.unit, line.debit, line.credit, line.quantity, line.balance_after,
        lot.c.public_id, func.coalesce(func.nullif(line.cause, ""), func.substr(line.key, len(USAGE) + 1)),
        line.occurred_at, line.recorded_at,
    )  # fmt: skip
    query = select(*columns).select_from(entry.outerjoin(lot, lot.c.id == line.lot_id))
    mine: Select[Any] = (
        query.where(line.account_id == account_id, line.seq < before).order_by(line.seq.desc()).limit(limit)
    )
    return tuple(EntryView(*row) for row in tx.execute(mine))
