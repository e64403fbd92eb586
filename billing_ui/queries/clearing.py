"""Money on its way: what waits in clearing for a decision, what nobody knows about, and what the pockets hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.ledger.tables import CASH, entry
from billing_ui.models import Capture, CaptureDecision, Dispute, Payment, Refund, Topup
from billing_ui.queries.tie_out import IS_MONEY


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Money in clearing that nobody has decided about yet, or a payment whose outcome nobody knows."""

    public_id: str
    ref: str
    reference: str
    amount: int
    currency: str
    state: str
    since: datetime


def undecided(tx: Tx, gateway: str) -> tuple[WaitingView, ...]:
    """Extra and held money that still lies in clearing, oldest first; what went back already is not counted."""
    returned = (
        select(func.coalesce(func.sum(col(Refund.amount)), 0))
        .where(col(Refund.capture_id) == col(Capture.id), col(Refund.status) == "succeeded")
        .scalar_subquery()
    )
    taken = (
        select(func.coalesce(func.sum(col(Dispute.booked_amount)), 0))
        .where(col(Dispute.capture_id) == col(Capture.id), col(Dispute.status) == "lost")
        .scalar_subquery()
    )
    query: Select[*tuple[Any, ...]] = (
        select(Capture, (returned + taken).label("returned"), col(Payment.reference), col(Topup.public_id).label("ref"))
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .outerjoin(Topup, col(Topup.id) == col(Payment.topup_id))
        .outerjoin(CaptureDecision, col(CaptureDecision.capture_id) == col(Capture.id))
        .where(col(Capture.gateway) == gateway, col(Capture.outcome).in_(("extra", "held")))
        .where(or_(col(CaptureDecision.id).is_(None), col(CaptureDecision.decision) == "refunded"))
        .order_by(col(Capture.recorded_at), col(Capture.id))
    )
    return tuple(
        WaitingView(
            capture.public_id, ref or "", reference, capture.amount - int(back), capture.currency, capture.outcome,
            capture.recorded_at,
        )
        for capture, back, reference, ref in tx.execute(query)
        if capture.amount > int(back)
    )  # fmt: skip


def unknown(tx: Tx, gateway: str, before: datetime) -> tuple[WaitingView, ...]:
    """Payments of which nobody knows since then whether the gateway ever took them, oldest first."""
    query: Select[*tuple[Any, ...]] = (
        select(Payment, col(Topup.public_id).label("ref"))
        .outerjoin(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(col(Payment.gateway) == gateway, col(Payment.status) == "unknown", col(Payment.created_at) < before)
        .order_by(col(Payment.created_at), col(Payment.id))
    )
    return tuple(
        WaitingView(
            payment.public_id, ref or "", payment.reference, payment.total_amount, payment.currency, payment.status,
            payment.created_at,
        )
        for payment, ref in tx.execute(query)
    )  # fmt: skip


def cash(tx: Tx, gateway: str) -> dict[str, int]:
    """What the books say the gateway has taken in for us and not given back, by currency."""
    return _balance(tx, f"{CASH}{gateway}", grows=entry.c.debit)


def clearing(tx: Tx) -> dict[str, int]:
    """Money that has arrived and is not yet anybody's, by currency."""
    return _balance(tx, "clearing", grows=entry.c.credit)


def _balance(tx: Tx, pocket: str, grows: ColumnElement[str]) -> dict[str, int]:
    held = func.sum(case((grows == pocket, entry.c.quantity), else_=-entry.c.quantity))
    query = select(entry.c.unit, held).where(IS_MONEY, or_(entry.c.debit == pocket, entry.c.credit == pocket))
    return {unit: int(amount) for unit, amount in tx.execute(query.group_by(entry.c.unit)) if amount}
