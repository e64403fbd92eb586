"""What may go back of a paid purchase right now and what would leave with it, before anybody asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import or_, select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Capture, Dispute, Payment, Topup
from billing_ui.queries.captures import became_tokens
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import NotFound
from billing_ui.rules.methods import METHODS
from billing_ui.rules.refunds import NoWayBack, no_way_back
from billing_ui.services.refund_requests import is_large
from billing_ui.services.returns import Case, Stake, stake, tokens_with

Limit = Literal["whole", "refunded", "under_way", "spent"]


@dataclass(frozen=True, slots=True)
class Offer:
    """`tokens` leave with `amount`; `maximum` is the most that may go back now.

    `no_way` is why the gateway cannot send this amount: then only a transfer by hand reaches the payer; while
    `is_disputed` the payer's bank may take the same money once more. What `is_large` is typed once more by whoever
    sends it.
    """

    payment: str
    method: str
    currency: str
    amount: int
    tokens: int
    balance: int
    no_way: NoWayBack | None
    is_disputed: bool
    is_large: bool
    stake: Stake

    @property
    def is_refundable(self) -> bool:
        return self.no_way is None

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


def paying(tx: Tx, name: str) -> str:
    """The payment that paid, by its own id, its reference, or the ref of its purchase."""
    query = (
        select(col(Payment.public_id))
        .join(Capture, col(Capture.payment_id) == col(Payment.id))
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(
            became_tokens(),
            or_(col(Payment.public_id) == name, col(Payment.reference) == name, col(Topup.public_id) == name),
        )
    )
    found = tx.scalars(query).first()
    if found is None:
        raise NotFound(what="payment")
    return found


def offer(env: Env, actor: Actor, payment_public_id: str, amount: int | None = None) -> Offer:
    """For this amount, or for all that may go. Only looks: who then asks is told again under locks what is left."""
    require(actor, "payments.resolve")
    now = env.clock.now()
    with env.db.read() as tx:
        query = (
            select(Capture, Payment, Topup)
            .join(Payment, col(Payment.id) == col(Capture.payment_id))
            .join(Topup, col(Topup.id) == col(Payment.topup_id))
            .where(col(Payment.public_id) == payment_public_id, became_tokens())
            .order_by(col(Capture.outcome), col(Capture.id))
        )
        found = tx.execute(query).first()
        if found is None:
            raise NotFound(what="payment")
        case = Case(*found)
        standing = stake(tx, case, now)
        wanted = standing.free if amount is None else amount
        # What is on its way counts as gone.
        then = replace(standing, gone=standing.gone + standing.under_way, under_way=0)
        disputed = (col(Dispute.capture_id) == case.capture.id, col(Dispute.status) == "open")
        payment = case.payment
        return Offer(
            payment=payment.public_id, method=payment.method, currency=case.capture.currency, amount=wanted,
            tokens=tokens_with(tx, case, then, wanted) if 0 < wanted <= standing.free else 0,
            balance=ledger.balance_without_due(tx, payment.account_id, now),
            no_way=no_way_back(METHODS[payment.method], wanted, case.capture.amount)
            if payment.gateway_request_id is not None else "method",
            is_disputed=tx.scalar(select(col(Dispute.id)).where(*disputed).limit(1)) is not None,
            is_large=is_large(tx, wanted), stake=standing,
        )  # fmt: skip
