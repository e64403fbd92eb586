"""Money that waits for a decision: second payments, wrong amounts, another currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlmodel import col

from billing_ui.infra.db import Tx
from billing_ui.models import Account, Capture, CaptureDecision, Dispute, Payment, Refund, Topup
from billing_ui.rules.methods import METHODS
from billing_ui.rules.refunds import UNDER_WAY, Decision, Sold, bought_by, no_way_back

PAGE = 50


@dataclass(frozen=True, slots=True)
class KeptCapture:
    """One capture nobody has decided about. `amount` is what is left of it, `expected` what its purchase costs.

    `tokens` is what crediting it would bring; `choices` are the decisions that are possible. While `is_returning` a
    refund is on its way and nothing can be decided.
    """

    capture: str
    payment: str
    ref: str
    account: str
    account_name: str
    outcome: str
    is_late: bool
    amount: int
    currency: str
    expected_amount: int
    expected_currency: str
    tokens: int
    gateway: str
    gateway_payment_id: str
    method: str
    arrived_at: datetime
    age: timedelta
    choices: tuple[Decision, ...]
    is_returning: bool
    cursor: int


def undecided(tx: Tx, now: datetime, before: int | None = None, limit: int = PAGE) -> tuple[KeptCapture, ...]:
    """What waits for a decision, newest first, paged by key."""
    query = _kept(col(Capture.id) < before) if before is not None else _kept()
    return tuple(_view(row, now) for row in tx.execute(query.order_by(col(Capture.id).desc()).limit(limit)))


def undecided_of(tx: Tx, payment_public_id: str, now: datetime) -> tuple[KeptCapture, ...]:
    """What waits for a decision among the money of one payment."""
    rows = tx.execute(_kept(col(Payment.public_id) == payment_public_id).order_by(col(Capture.id)))
    return tuple(_view(row, now) for row in rows)


def count_undecided(tx: Tx) -> int:
    return tx.scalar(select(func.count()).select_from(_kept().subquery())) or 0


def payments_that_wait() -> Select[int]:
    """The payments with such money, for whoever lists or flags them."""
    return _kept().with_only_columns(col(Capture.payment_id))


def sums_undecided(tx: Tx) -> tuple[tuple[str, int, int, datetime], ...]:
    """Currency, how many, how much of it is left, and since when the oldest waits."""
    kept = _kept().subquery()
    query = select(
        kept.c.currency, func.count(), func.sum(kept.c.amount - kept.c.gone), func.min(kept.c.recorded_at)
    ).group_by(kept.c.currency)
    return tuple((currency, many, int(left), since) for currency, many, left, since in tx.execute(query))


def _kept(*narrower: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    def back(*statuses: str) -> ColumnElement[int]:
        mine = (col(Refund.capture_id) == col(Capture.id), col(Refund.status).in_(statuses))
        return select(func.coalesce(func.sum(col(Refund.amount)), 0)).where(*mine).scalar_subquery()

    lost = (
        select(func.coalesce(func.sum(col(Dispute.booked_amount)), 0))
        .where(col(Dispute.capture_id) == col(Capture.id), col(Dispute.status) == "lost")
        .scalar_subquery()
    )
    gone, leaving = (back("succeeded") + lost).label("gone"), back(*UNDER_WAY).label("leaving")
    return (
        select(Capture, Payment, Topup, col(Account.public_id), col(Account.name), gone, leaving)
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .join(Account, col(Account.id) == col(Payment.account_id))
        .outerjoin(CaptureDecision, col(CaptureDecision.capture_id) == col(Capture.id))
        .where(
            and_(
                col(Capture.outcome).in_(("extra", "held")),
                col(CaptureDecision.id).is_(None),
                gone < col(Capture.amount),
                *narrower,
            )
        )
    )


def _view(row: Row[*tuple[Any, ...]], now: datetime) -> KeptCapture:
    capture, payment, topup, account, account_name, gone, leaving = row
    left = capture.amount - int(gone)
    terms = Sold(topup.total_amount, topup.fee_amount, topup.tax_amount, topup.tokens + topup.bonus_tokens)
    tokens = bought_by(left, terms).tokens if capture.currency == topup.currency else 0
    no_way = no_way_back(METHODS[payment.method], left, capture.amount)
    can_return = no_way is None and payment.gateway_request_id is not None
    possible: dict[Decision, bool] = {"credited": tokens > 0, "refunded": can_return, "paid_out": True}
    arrived_at = capture.captured_at or capture.recorded_at
    return KeptCapture(
        capture=capture.public_id, payment=payment.public_id, ref=topup.public_id, account=account,
        account_name=account_name, outcome=capture.outcome, is_late=capture.is_late, amount=left,
        currency=capture.currency, expected_amount=topup.total_amount, expected_currency=topup.currency,
        tokens=tokens, gateway=capture.gateway, gateway_payment_id=capture.gateway_payment_id, method=payment.method,
        arrived_at=arrived_at, age=now - arrived_at,
        choices=() if leaving else tuple(decision for decision, can in possible.items() if can),
        is_returning=leaving > 0, cursor=capture.id,
    )  # fmt: skip


def became_tokens() -> ColumnElement[bool]:
    """Money that bought something: as it came, or by a later decision. Ordered by outcome, what paid comes first."""
    decided = select(col(CaptureDecision.id)).where(
        col(CaptureDecision.capture_id) == col(Capture.id), col(CaptureDecision.decision) == "credited"
    )
    return or_(col(Capture.outcome) == "credited", decided.exists())
