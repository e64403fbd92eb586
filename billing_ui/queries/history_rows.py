"""Rows of a history: what a posting or a purchase without money says to its customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Dispute, Payment, Refund, Topup
from billing_ui.queries.postings import Posting
from billing_ui.queries.topups import Unpaid
from billing_ui.queries.usage_events import UsageEvent, events_at


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """`tokens` is signed. `word` is the first of the posting's key and `number` the rest, `kind` what it means to a
    customer; a row that is not posted is a purchase without money."""

    id: str
    kind: str
    word: str
    at: datetime
    tokens: int
    balance_after: int
    status: str
    cause: str
    number: str
    actor: str
    amount: int
    currency: str
    method: str
    is_posted: bool
    expires_at: datetime | None = None
    used: UsageEvent | None = None


def rows_of(tx: Tx, account_id: int, taken: Sequence[Posting | Unpaid]) -> list[HistoryRow]:
    paid = _purchases(tx, account_id, {row.cause for row in taken if isinstance(row, Posting) and row.kind == "topup"})
    used = events_at(
        tx, account_id, [row.last_seq for row in taken if isinstance(row, Posting) and row.kind == "usage"]
    )
    return [
        _posted_row(row, paid.get(row.cause), used.get(row.last_seq)) if isinstance(row, Posting) else _open_row(row)
        for row in taken
    ]


@dataclass(frozen=True, slots=True)
class _Purchase:
    total: int
    currency: str
    method: str
    status: str


def _purchases(tx: Tx, account_id: int, refs: set[str]) -> dict[str, _Purchase]:
    """What these postings paid, and what has become of the money since."""
    if not refs:
        return {}
    query = (
        select(col(Topup.public_id), col(Topup.total_amount), col(Topup.currency), col(Payment.method), col(Payment.id))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(col(Topup.account_id) == account_id, col(Topup.public_id).in_(refs), col(Payment.status) == "paid")
    )
    rows = tx.execute(query).all()
    ids = [row[4] for row in rows]
    back = select(col(Refund.payment_id), func.sum(col(Refund.amount))).where(
        col(Refund.payment_id).in_(ids), col(Refund.status) == "succeeded"
    )
    sums = {payment_id: int(total) for payment_id, total in tx.execute(back.group_by(col(Refund.payment_id)))}
    disputed = set(
        tx.scalars(
            select(col(Dispute.payment_id)).where(col(Dispute.payment_id).in_(ids), col(Dispute.status) == "open")
        )
    )
    found = {}
    for ref, total, currency, method, payment_id in rows:
        status = "disputed" if payment_id in disputed else _standing(sums.get(payment_id or 0, 0), total)
        found[ref] = _Purchase(total, currency, method, status)
    return found


def _standing(back: int, total: int) -> str:
    if back >= total:
        return "refunded"
    return "partly_refunded" if back else "paid"


def _posted_row(posting: Posting, paid: _Purchase | None, used: UsageEvent | None) -> HistoryRow:
    is_purchase = posting.kind == "topup" and bool(posting.cause)
    return HistoryRow(
        id=posting.cause if is_purchase else posting.key, kind=posting.kind, word=posting.word, at=posting.at,
        tokens=posting.tokens, balance_after=posting.balance_after, status=paid.status if paid else "posted",
        cause=posting.cause, number=posting.number, actor=posting.actor, amount=paid.total if paid else 0,
        currency=paid.currency if paid else "", method=paid.method if paid else "", is_posted=True, used=used,
    )  # fmt: skip


def _open_row(found: Unpaid) -> HistoryRow:
    return HistoryRow(
        id=found.ref, kind="topup", word="topup", at=found.at, tokens=found.tokens, balance_after=0,
        status=found.status, cause=found.ref, number=found.ref, actor=found.actor,
        amount=found.total, currency=found.currency, method=found.method, is_posted=False, expires_at=found.expires_at,
    )  # fmt: skip
