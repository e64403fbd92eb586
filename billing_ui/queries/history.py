"""The transactions of an account: one row per posting, newest first, paged by key; purchases still open on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import entry
from billing_ui.models import Payment, Topup

PAGE = 25


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """`tokens` is signed; `cursor` is the key of the next page; `kind` is what the key of the posting says."""

    id: str
    kind: str
    at: datetime
    tokens: int
    balance_after: int
    status: str
    cause: str
    actor: str
    amount: int
    currency: str
    method: str
    cursor: int


@dataclass(frozen=True, slots=True)
class HistoryPage:
    rows: tuple[HistoryRow, ...]
    next_cursor: int | None


_KINDS = {
    "topup": "topup",
    "usage": "usage",
    "grant": "adjust",
    "deduct": "adjust",
    "expire": "adjust",
    "refund": "refund",
}


def history(tx: Tx, account_id: int, before: int | None = None, limit: int = PAGE) -> HistoryPage:
    """One page of postings that moved the balance, older than the cursor."""
    rows = tx.execute(_postings(account_id, before, limit + 1)).all()
    shown = tuple(
        HistoryRow(
            id=row.key, kind=_KINDS.get(row.key.partition(":")[0], "adjust"), at=row.recorded_at,
            tokens=int(row.tokens),
            balance_after=row.balance_after, status="paid" if row.method else "done", cause=row.cause or "",
            actor=row.actor, amount=row.amount or 0, currency=row.currency or "", method=row.method or "",
            cursor=row.first_seq,
        )
        for row in rows[:limit]
    )  # fmt: skip
    return HistoryPage(shown, shown[-1].cursor if len(rows) > limit else None)


def _postings(account_id: int, before: int | None, limit: int) -> Select[*tuple[Any, ...]]:
    signed = case(
        (entry.c.credit == "wallet", entry.c.quantity), (entry.c.debit == "wallet", -entry.c.quantity), else_=0
    )
    lines = (
        select(
            entry.c.key, func.min(entry.c.seq).label("first_seq"), func.max(entry.c.seq).label("last_seq"),
            func.max(entry.c.recorded_at).label("recorded_at"), func.sum(signed).label("tokens"),
            func.max(entry.c.cause).label("cause"),
            func.max(entry.c.actor).label("actor"),
        )
        .where(entry.c.account_id == account_id)
        .group_by(entry.c.key)
        .having(func.sum(func.abs(signed)) > 0)
        .order_by(func.max(entry.c.seq).desc())
        .limit(limit)
    )  # fmt: skip
    if before is not None:
        lines = lines.where(entry.c.seq < before)
    posting = lines.subquery()
    paid = (
        select(
            col(Topup.public_id),
            col(Topup.total_amount),
            col(Topup.currency),
            func.max(col(Payment.method)).label("method"),
        )
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(col(Topup.account_id) == account_id, col(Payment.status) == "paid")
        .group_by(col(Topup.public_id), col(Topup.total_amount), col(Topup.currency))
        .subquery()
    )
    return (
        select(posting, entry.c.balance_after, paid.c.total_amount.label("amount"), paid.c.currency, paid.c.method)
        .join(entry, (entry.c.account_id == account_id) & (entry.c.seq == posting.c.last_seq))
        .outerjoin(paid, paid.c.public_id == posting.c.cause)
        .order_by(posting.c.last_seq.desc())
    )


def open_purchases(tx: Tx, account_id: int) -> tuple[HistoryRow, ...]:
    """Purchases not paid yet, and those that ended without money in the last days, newest first."""
    newest = (
        select(col(Payment.topup_id), func.max(col(Payment.id)).label("payment_id"))
        .where(col(Payment.account_id) == account_id)
        .group_by(col(Payment.topup_id))
        .subquery()
    )
    query = (
        select(Topup, Payment)
        .join(newest, newest.c.topup_id == col(Topup.id))
        .join(Payment, col(Payment.id) == newest.c.payment_id)
        .where(col(Topup.account_id) == account_id, col(Topup.status) != "paid")
        .order_by(col(Topup.id).desc())
        .limit(10)
    )
    return tuple(_open_row(topup, payment) for topup, payment in tx.execute(query))


def _open_row(topup: Topup, payment: Payment) -> HistoryRow:
    return HistoryRow(
        id=topup.public_id, kind="topup", at=topup.created_at, tokens=topup.tokens + topup.bonus_tokens,
        balance_after=0, status=payment.status, cause=topup.public_id, actor=topup.created_by,
        amount=topup.total_amount, currency=topup.currency, method=payment.method, cursor=0,
    )  # fmt: skip
