"""What became of the money of a purchase after it came: what went back, what is kept, what is disputed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Capture, CaptureDecision, Dispute, Payment, Refund, Topup
from billing_ui.rules.refunds import Standing, standing


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`credited` is the money that bought tokens, `refunded` what went back of it (lost disputes included)."""

    credited: int = 0
    refunded: int = 0
    returned: int = 0
    kept: int = 0
    is_disputed: bool = False

    @property
    def standing(self) -> Standing:
        return standing(self.credited, self.refunded, is_disputed=self.is_disputed)


def after(tx: Tx, topup: Topup) -> Aftermath:
    """All money of one purchase, whichever of its attempts it came for."""
    back = (
        select(col(Refund.capture_id).label("capture_id"), func.sum(col(Refund.amount)).label("amount"))
        .join(Payment, col(Payment.id) == col(Refund.payment_id))
        .where(col(Payment.topup_id) == topup.id, col(Refund.status) == "succeeded")
        .group_by(col(Refund.capture_id))
        .subquery()
    )
    lost = (
        select(
            col(Dispute.capture_id).label("capture_id"),
            func.sum(col(Dispute.booked_amount)).label("amount"),
            func.count().filter(col(Dispute.status) == "open").label("waiting"),
        )
        .join(Payment, col(Payment.id) == col(Dispute.payment_id))
        .where(col(Payment.topup_id) == topup.id)
        .group_by(col(Dispute.capture_id))
        .subquery()
    )
    query = (
        select(
            col(Capture.amount), col(Capture.outcome), col(CaptureDecision.decision), col(CaptureDecision.amount),
            func.coalesce(back.c.amount, 0), func.coalesce(lost.c.amount, 0), func.coalesce(lost.c.waiting, 0),
        )
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .outerjoin(CaptureDecision, col(CaptureDecision.capture_id) == col(Capture.id))
        .outerjoin(back, back.c.capture_id == col(Capture.id))
        .outerjoin(lost, lost.c.capture_id == col(Capture.id))
        .where(col(Payment.topup_id) == topup.id)
    )  # fmt: skip
    found = Aftermath()
    for amount, outcome, decision, decided, refunded, booked, waiting in tx.execute(query):
        gone = int(refunded) + int(booked)
        if outcome == "credited" or decision == "credited":
            sold = amount if outcome == "credited" else decided
            early = amount - sold
            step = Aftermath(sold, gone - early, early, 0, is_disputed=waiting > 0)
        else:
            step = Aftermath(0, 0, gone, amount - gone, is_disputed=waiting > 0)
        found = _plus(found, step)
    return found


def _plus(one: Aftermath, other: Aftermath) -> Aftermath:
    return Aftermath(
        one.credited + other.credited, one.refunded + other.refunded, one.returned + other.returned,
        one.kept + other.kept, is_disputed=one.is_disputed or other.is_disputed,
    )  # fmt: skip
