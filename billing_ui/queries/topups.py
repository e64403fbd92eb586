"""What a top-up page remembers: the method used last, the purchase not finished yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Payment, Topup


def last_method(tx: Tx, account_id: int) -> str | None:
    """The method this account paid with last; None before its first payment."""
    query = (
        select(col(Payment.method))
        .where(col(Payment.account_id) == account_id, col(Payment.status) == "paid")
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
