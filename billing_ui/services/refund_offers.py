"""What may go back of a paid purchase right now and what would leave with it, before anybody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import or_, select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Capture, Dispute, Payment, Topup
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import NotFound
from billing_ui.rules.methods import METHODS
from billing_ui.rules.refunds import going_back
from billing_ui.services.returns import Case, Stake, stake

Limit = Literal["whole", "refunded", "under_way", "spent"]


@dataclass(frozen=True, slots=True)
class Offer:
    """`maximum` is the most that may go back now. `is_refundable` is False where only a transfer by hand reaches the
    payer; while `is_disputed` the payer's bank may take the same money once more."""

    payment: str
    ref: str
    method: str
    currency: str
    balance: int
    is_refundable: bool
    is_disputed: bool
    stake: Stake

    @property
    def maximum(self) -> int:
        return self.stake.free

    @property
    def limit(self) -> Limit:
        """What keeps more from going back."""
        if self.maximum < self.stake.left - self.stake.under_way:
            return "spent"
        if self.stake.under_way:
            return "under_way"
        return "refunded" if self.stake.gone else "whole"

    def tokens(self, amount: int) -> int:
        """The tokens that leave with so much money; refunds on their way are counted as gone."""
        if self.stake.sold is None or not 0 < amount <= self.maximum:
            return 0
        return going_back(self.stake.sold, self.stake.before + self.stake.under_way, amount).tokens


@dataclass(frozen=True, slots=True)
class Question:
    """One dispute with what losing it would take. `told` is what the gateway last said of its end."""

    dispute: str
    payment: str
    told: str
    reason: str
    due_at: datetime | None
    currency: str
    claimed: int
    amount: int
    tokens: int
    balance: int


def paying(tx: Tx, name: str) -> str:
    """The payment that paid, by its own id, its reference, or the ref of its purchase."""
    query = (
        select(col(Payment.public_id))
        .join(Capture, col(Capture.payment_id) == col(Payment.id))
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(
            col(Capture.outcome) == "credited",
            or_(col(Payment.public_id) == name, col(Payment.reference) == name, col(Topup.public_id) == name),
        )
    )
    found = tx.scalars(query).first()
    if found is None:
        raise NotFound(what="payment")
    return found


def offer(env: Env, actor: Actor, payment_public_id: str) -> Offer:
    """Only looks: whoever then asks is told again, under locks, what is left."""
    require(actor, "payments.resolve")
    with env.db.read() as tx:
        query = (
            select(Capture, Payment, Topup)
            .join(Payment, col(Payment.id) == col(Capture.payment_id))
            .join(Topup, col(Topup.id) == col(Payment.topup_id))
            .where(col(Payment.public_id) == payment_public_id, col(Capture.outcome) == "credited")
        )
        found = tx.execute(query).first()
        if found is None:
            raise NotFound(what="payment")
        capture, payment, topup = found
        disputed = (col(Dispute.capture_id) == capture.id, col(Dispute.status) == "open")
        return Offer(
            payment=payment.public_id, ref=topup.public_id, method=payment.method, currency=capture.currency,
            balance=ledger.balance_as_of(tx, payment.account_id, env.clock.now()),
            is_refundable=METHODS[payment.method].refundable and payment.gateway_request_id is not None,
            is_disputed=tx.scalar(select(col(Dispute.id)).where(*disputed).limit(1)) is not None,
            stake=stake(tx, Case(capture, payment, topup)),
        )  # fmt: skip


def question(env: Env, actor: Actor, dispute_public_id: str) -> Question:
    """What a person has to answer about a dispute, and what each answer does."""
    require(actor, "payments.resolve")
    with env.db.read() as tx:
        query = (
            select(Dispute, Capture, Payment, Topup)
            .join(Capture, col(Capture.id) == col(Dispute.capture_id))
            .join(Payment, col(Payment.id) == col(Capture.payment_id))
            .join(Topup, col(Topup.id) == col(Payment.topup_id))
            .where(col(Dispute.public_id) == dispute_public_id)
        )
        found = tx.execute(query).first()
        if found is None:
            raise NotFound(what="dispute")
        row, capture, payment, topup = found
        standing = stake(tx, Case(capture, payment, topup))
        # What has gone back already cannot be lost once more.
        amount = min(row.amount, standing.left)
        bought = standing.sold is not None and amount > 0
        return Question(
            dispute=row.public_id, payment=payment.public_id, told=row.told, reason=row.reason, due_at=row.due_at,
            currency=row.currency, claimed=row.amount, amount=amount,
            tokens=going_back(standing.sold, standing.before, amount).tokens if bought and standing.sold else 0,
            balance=ledger.balance_as_of(tx, payment.account_id, env.clock.now()),
        )  # fmt: skip
