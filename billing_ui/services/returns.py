"""Books money that goes back: out of what it had bought, or out of clearing where it had bought nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Capture, CaptureDecision, Dispute, Payment, Refund, Topup
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import NotFound
from billing_ui.rules.refunds import UNDER_WAY, Sold, bought_by, going_back, refundable
from billing_ui.services.payments import credit_key, locked, move, terms_of


@dataclass(frozen=True, slots=True)
class Case:
    """One sum of money that came, with the payment and the purchase it came for, under their locks."""

    capture: Capture
    payment: Payment
    topup: Topup

    @property
    def tokens_key(self) -> str:
        return credit_key(self.capture.gateway, self.capture.gateway_payment_id)


@dataclass(frozen=True, slots=True)
class Stake:
    """How a capture stands: what it bought (None while it lies in clearing), what has left, what may leave any moment.

    `unspent` is what is left of the tokens it bought, `expired` those whose time ran out, taken out already or not.
    """

    amount: int
    sold: Sold | None
    gone: int
    under_way: int
    unspent: int
    expired: int

    @property
    def left(self) -> int:
        return self.amount - self.gone

    @property
    def before(self) -> int:
        """What has gone back of the money that bought something; of what went before that, nothing was bought."""
        return 0 if self.sold is None else self.gone - (self.amount - self.sold.amount)

    @property
    def free(self) -> int:
        """The most that may be sent back now without taking tokens that are spent, or are about to leave, already."""
        if self.under_way >= self.left:
            return 0
        if self.sold is None:
            return self.left - self.under_way
        leaving = going_back(self.sold, self.before, self.under_way).tokens
        return refundable(self.sold, self.before + self.under_way, max(0, self.unspent - leaving))


@dataclass(frozen=True, slots=True)
class Exit:
    """Where the money leaves to, and the key that says what for."""

    key: str
    pocket: str
    cause: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What left with the money, and the balances around it."""

    tokens: int
    balance_before: int
    balance_after: int


def locked_case(tx: Tx, capture_id: int) -> Case:
    """Held until the transaction ends: the purchase, then the payment."""
    payment_id = tx.scalar(select(col(Capture.payment_id)).where(col(Capture.id) == capture_id))
    if payment_id is None:
        raise NotFound(what="capture")
    payment, topup = locked(tx, payment_id)
    return Case(tx.scalars(select(Capture).where(col(Capture.id) == capture_id)).one(), payment, topup)


def stake(tx: Tx, case: Case, now: datetime) -> Stake:
    capture, account_id = case.capture, case.payment.account_id
    lot = ledger.lot_of(tx, account_id, case.tokens_key)
    remaining, due = (lot.remaining, lot.due(now)) if lot else (0, 0)
    return Stake(
        amount=capture.amount, sold=_sold(tx, case), gone=_gone(tx, capture), under_way=_sum(tx, capture, *UNDER_WAY),
        unspent=remaining - due, expired=ledger.expired_of(tx, account_id, case.tokens_key) + due,
    )  # fmt: skip


def take_back(tx: Tx, env: Env, actor: Actor, case: Case, amount: int, way: Exit) -> TakenBack:
    """One posting: money out, and with it the tokens it bought, spent ones as debt. Once per key."""
    now = env.clock.now()
    account_id, currency = case.payment.account_id, case.capture.currency
    # What is due goes first, and the head is locked from here on: what is read of the lot stays true.
    ledger.expire_due(tx, account_id, now)
    standing = stake(tx, case, now)
    sold = standing.sold
    back = Sold(amount, 0, 0, 0) if sold is None else going_back(sold, standing.before, amount)
    tokens = tokens_with(tx, case, standing, amount)
    lot = ledger.lot_of(tx, account_id, case.tokens_key)
    moves = [ledger.Transfer(currency, "clearing", way.pocket, amount)]
    if sold is not None:
        parts = (("deferred", back.price), ("fee", back.fee), ("tax", back.tax))
        moves = [_into_clearing(currency, pocket, part) for pocket, part in parts if part] + moves
    if tokens:
        moves.append(ledger.Transfer(ledger.TOKEN, ledger.WALLET, ledger.PAYOUT, tokens, lot.id if lot else None))
    posting = ledger.Posting(account_id, way.key, way.cause, actor.name, now, tuple(moves), may_owe=tokens > 0)
    receipt = ledger.post(tx, posting, now)
    return TakenBack(tokens, receipt.balance_before, receipt.balance_after)


def tokens_with(tx: Tx, case: Case, standing: Stake, amount: int) -> int:
    """The tokens that leave with so much money: whose time ran out nobody used, and nobody owes."""
    sold = standing.sold
    if sold is None:
        return 0
    due = going_back(sold, 0, standing.before + amount).tokens - standing.expired - _taken(tx, case.capture)
    return min(going_back(sold, standing.before, amount).tokens, max(0, due))


def release(tx: Tx, env: Env, actor: Actor, topup: Topup) -> None:
    """A purchase under review whose money has all gone back ends; the customer may pay it anew."""
    tx.flush()
    if topup.status != "review" or topup.id is None:
        return
    attempts = tx.scalars(select(Payment).where(col(Payment.topup_id) == topup.id)).all()
    query = select(Capture).where(col(Capture.payment_id).in_([payment.id for payment in attempts]))
    if any(capture.amount > _gone(tx, capture) for capture in tx.scalars(query)):
        return
    topup.status = "void"
    for payment in attempts:
        move(tx, env, actor, payment, "returned")


def _into_clearing(currency: str, pocket: str, part: int) -> ledger.Transfer:
    """Rounding may let a single rupiah run the other way for a tiny part; the whole comes out right."""
    there, back = (pocket, "clearing") if part > 0 else ("clearing", pocket)
    return ledger.Transfer(currency, there, back, abs(part))


def _sold(tx: Tx, case: Case) -> Sold | None:
    terms = terms_of(case.topup)
    if case.capture.outcome == "credited":
        return terms
    decided = select(CaptureDecision).where(
        col(CaptureDecision.capture_id) == case.capture.id, col(CaptureDecision.decision) == "credited"
    )
    decision = tx.scalars(decided).first()
    return None if decision is None else bought_by(decision.amount, terms)


def _gone(tx: Tx, capture: Capture) -> int:
    """Refunded, or lost to the payer's bank: either way it is not here any more."""
    return _sum(tx, capture, "succeeded") + _lost(tx, capture)


def _sum(tx: Tx, capture: Capture, *statuses: str) -> int:
    mine = (col(Refund.capture_id) == capture.id, col(Refund.status).in_(statuses))
    return int(cast(int, tx.scalar(select(func.coalesce(func.sum(col(Refund.amount)), 0)).where(*mine))))


def _lost(tx: Tx, capture: Capture) -> int:
    lost = (col(Dispute.capture_id) == capture.id, col(Dispute.status) == "lost")
    return int(cast(int, tx.scalar(select(func.coalesce(func.sum(col(Dispute.booked_amount)), 0)).where(*lost))))


def _taken(tx: Tx, capture: Capture) -> int:
    """Tokens that have left with money of this capture before."""
    back = select(func.coalesce(func.sum(col(Refund.tokens)), 0)).where(
        col(Refund.capture_id) == capture.id, col(Refund.status) == "succeeded"
    )
    lost = select(func.coalesce(func.sum(col(Dispute.tokens)), 0)).where(
        col(Dispute.capture_id) == capture.id, col(Dispute.status) == "lost"
    )
    return int(cast(int, tx.scalar(back))) + int(cast(int, tx.scalar(lost)))
