"""One row of a history in full: the purchase behind it with its story, its receipt, and what went back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Payment, Refund, Topup
from billing_ui.queries.history import HistoryRow, one_row
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.queries.receipts import ReceiptView, for_purchase


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Money on its way back, as its customer may know it."""

    id: str
    at: datetime
    status: str
    amount: int
    currency: str
    tokens: int


@dataclass(frozen=True, slots=True)
class HistoryDetail:
    """`payment` and what follows are there for purchases only."""

    row: HistoryRow
    payment: PaymentView | None = None
    receipt: ReceiptView | None = None
    refunds: tuple[RefundLine, ...] = ()


def history_detail(tx: Tx, account_id: int, row_id: str) -> HistoryDetail | None:
    """None for a row that this account does not have, whoever else has it."""
    row = one_row(tx, account_id, row_id)
    if row is None or row.kind != "topup" or not row.cause:
        return None if row is None else HistoryDetail(row)
    return HistoryDetail(
        row, payment_view(tx, row.cause, account_id), for_purchase(tx, row.cause), _refunds(tx, account_id, row.cause)
    )


def _refunds(tx: Tx, account_id: int, ref: str) -> tuple[RefundLine, ...]:
    query = (
        select(Refund)
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(col(Topup.public_id) == ref, col(Refund.account_id) == account_id)
        .order_by(col(Refund.id))
    )
    return tuple(
        RefundLine(each.public_id, each.created_at, each.status, each.amount, each.currency, each.tokens)
        for each in tx.scalars(query)
    )
