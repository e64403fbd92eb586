"""The transactions of an account: one row per posting, newest first, paged by key; purchases still open on top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Subquery, case, exists, func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import WALLET, entry
from billing_ui.models import Payment, Topup

PAGE = 25
_FIRST_LINE = 1


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
    """The newest postings first, found by their first lines along the account's own numbering: a page costs the same
    however long the history is."""
    first, line = entry.alias("first"), entry.alias("line")
    moves = (
        exists()
        .where(line.c.account_id == account_id, line.c.key == first.c.key, line.c.debit != line.c.credit)
        .where((line.c.debit == WALLET) | (line.c.credit == WALLET))
    )
    page = (
        select(first.c.key, first.c.seq)
        .where(first.c.account_id == account_id, first.c.line == _FIRST_LINE, moves)
        .order_by(first.c.seq.desc())
        .limit(limit)
    )
    if before is not None:
        page = page.where(first.c.seq < before)
    return _with_lines(account_id, page.subquery("page"))


def _with_lines(account_id: int, page: Subquery) -> Select[*tuple[Any, ...]]:
    """Each posting of the page as one row: what it moved, the balance after it, and the purchase it paid."""
    signed = case((entry.c.credit == WALLET, entry.c.quantity), (entry.c.debit == WALLET, -entry.c.quantity), else_=0)
    posting = (
        select(
            page.c.key, page.c.seq.label("first_seq"), func.max(entry.c.seq).label("last_seq"),
            func.max(entry.c.recorded_at).label("recorded_at"), func.sum(signed).label("tokens"),
            func.max(entry.c.cause).label("cause"), func.max(entry.c.actor).label("actor"),
        )
        .join(entry, (entry.c.account_id == account_id) & (entry.c.key == page.c.key))
        .group_by(page.c.key, page.c.seq)
        .subquery()
    )  # fmt: skip
    method = (
        select(col(Payment.method))
        .where(col(Payment.topup_id) == col(Topup.id), col(Payment.status) == "paid")
        .order_by(col(Payment.id))
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            posting, entry.c.balance_after, col(Topup.total_amount).label("amount"), col(Topup.currency),
            method.label("method"),
        )
        .join(entry, (entry.c.account_id == account_id) & (entry.c.seq == posting.c.last_seq))
        .outerjoin(Topup, (col(Topup.public_id) == posting.c.cause) & (col(Topup.account_id) == account_id))
        .order_by(posting.c.last_seq.desc())
    )  # fmt: skip


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
