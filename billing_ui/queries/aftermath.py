"""What became of the money of a purchase after it came: what went back, what is kept, what is disputed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.kit.amount import Amount
from billing_ui.models import Capture, CaptureDecision, Dispute, Payment, Refund, Topup
from billing_ui.rules.refunds import Standing, standing


@dataclass(frozen=True, slots=True)
class Aftermath:
    """`credited` is the money that bought tokens, `refunded` what went back of it (lost disputes included), both in the
    purchase's currency. What bought nothing may be any money: `returned` and `kept` are a sum for each currency."""

    credited: int = 0
    refunded: int = 0
    returned: tuple[Amount, ...] = ()
    kept: tuple[Amount, ...] = ()
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
            col(Capture.amount), col(Capture.currency), col(Capture.outcome),
            col(CaptureDecision.decision), col(CaptureDecision.amount),
            func.coalesce(back.c.amount, 0), func.coalesce(lost.c.amount, 0), func.coalesce(lost.c.waiting, 0),
        )
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .outerjoin(CaptureDecision, col(CaptureDecision.capture_id) == col(Capture.id))
        .outerjoin(back, back.c.capture_id == col(Capture.id))
        .outerjoin(lost, lost.c.capture_id == col(Capture.id))
        .where(col(Payment.topup_id) == topup.id)
    )  # fmt: skip
    credited = refunded = 0
    returned: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    is_disputed = False
    for amount, currency, outcome, decision, decided, back_again, booked, waiting in tx.execute(query):
        gone = int(back_again) + int(booked)
        is_disputed = is_disputed or waiting > 0
        if outcome == "credited" or decision == "credited":
            sold = amount if outcome == "credited" else decided
            # Of money that was decided about late, a part may have gone back before it bought anything.
            early = amount - sold
            credited, refunded = credited + sold, refunded + gone - early
            returned[currency] += early
        else:
            returned[currency] += gone
            kept[currency] += amount - gone
    return Aftermath(credited, refunded, _sums(returned), _sums(kept), is_disputed=is_disputed)


def _sums(by_currency: Counter[str]) -> tuple[Amount, ...]:
    return tuple(Amount(total, currency) for currency, total in sorted(by_currency.items()) if total)
