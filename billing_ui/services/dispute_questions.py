"""What a person has to answer about a dispute, and what each answer would do, before anybody answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.models import Capture, Dispute, Payment, Topup
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import NotFound
from billing_ui.services.returns import Case, stake, tokens_with


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


def question(env: Env, actor: Actor, dispute_public_id: str) -> Question:
    """Only looks: whoever then answers is told again under locks what is left."""
    require(actor, "payments.resolve")
    now = env.clock.now()
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
        row, case = found[0], Case(*found[1:])
        standing = stake(tx, case, now)
        # What has gone back already cannot be lost once more.
        amount = min(row.amount, standing.left)
        return Question(
            dispute=row.public_id, payment=case.payment.public_id, told=row.told, reason=row.reason, due_at=row.due_at,
            currency=row.currency, claimed=row.amount, amount=amount, tokens=tokens_with(tx, case, standing, amount),
            balance=ledger.balance_without_due(tx, case.payment.account_id, now),
        )  # fmt: skip
