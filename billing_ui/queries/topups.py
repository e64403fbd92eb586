"""Purchases as customers meet them again: the method used last, what is not finished, what ended without money."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Payment, Topup
from billing_ui.queries.history import HistoryRow


def last_method(tx: Tx, account_id: int) -> str | None:
    """The method this account paid with last; None before its first payment."""
    query = (
        select(col(Payment.method))
        .where(col(Payment.account_id) == account_id, col(Payment.status) == "paid")
        .order_by(col(Payment.id).desc())
        .limit(1)
    )
    return tx.scalar(query)


def last_phone(tx: Tx, account_id: int) -> str | None:
    """The number this account was asked to pay with last, so that nobody types it twice."""
    query = (
        select(col(Payment.payer_phone))
        .where(col(Payment.account_id) == account_id, col(Payment.payer_phone).is_not(None))
        .order_by(col(Payment.id).desc())
        .limit(1)
    )
    return tx.scalar(query)


def unfinished(tx: Tx, account_id: int, now: datetime) -> str | None:
    """The ref of the newest purchase that can still be paid with the code already shown."""
    query = (
        select(col(Topup.public_id))
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(
            col(Topup.account_id) == account_id, col(Topup.status) == "open", col(Payment.status) == "pending",
            col(Payment.expires_at) > now,
        )
        .order_by(col(Payment.id).desc())
        .limit(1)
    )  # fmt: skip
    return tx.scalar(query)


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
