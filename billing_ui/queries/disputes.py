"""What payers' banks ask back: the disputes themselves, for whoever has to end them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, Dispute, Payment

_ENOUGH = 200


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """`told` is what the gateway last said of its end, which counts only when a person confirms a loss."""

    id: str
    at: datetime
    payment: str
    account: str
    gateway: str
    gateway_dispute_id: str
    amount: int
    currency: str
    status: str
    told: str
    reason: str
    due_at: datetime | None
    booked_amount: int
    tokens: int
    concluded_by: str


def disputes(tx: Tx, *, status: str = "", limit: int = _ENOUGH) -> tuple[DisputeRow, ...]:
    """The newest first."""
    query = (
        select(Dispute, col(Payment.public_id), col(Account.public_id))
        .join(Payment, col(Payment.id) == col(Dispute.payment_id))
        .join(Account, col(Account.id) == col(Dispute.account_id))
        .order_by(col(Dispute.id).desc())
        .limit(limit)
    )
    if status:
        query = query.where(col(Dispute.status) == status)
    return tuple(
        DisputeRow(
            id=row.public_id, at=row.created_at, payment=payment, account=account, gateway=row.gateway,
            gateway_dispute_id=row.gateway_dispute_id, amount=row.amount, currency=row.currency, status=row.status,
            told=row.told, reason=row.reason, due_at=row.due_at, booked_amount=row.booked_amount, tokens=row.tokens,
            concluded_by=row.concluded_by,
        )
        for row, payment, account in tx.execute(query)
    )  # fmt: skip
