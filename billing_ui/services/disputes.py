"""A payer's bank asks for money back: the tokens it bought are held at once, money moves only when a person says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit, take_turns
from billing_ui.models import Capture, Dispute
from billing_ui.rules.access import Actor, require
from billing_ui.rules.errors import AlreadyDecided, FieldInvalid, NotFound
from billing_ui.rules.facts import DisputeClaim
from billing_ui.services import audits, refund_requests, returns, timeline

End = Literal["won", "lost"]


@dataclass(frozen=True, slots=True)
class DisputeView:
    """How one dispute stands. `told` is what the gateway last said of its end; `booked` what left the books of the
    `amount` that was asked back."""

    dispute: str
    payment: str
    status: str
    told: str
    amount: int
    booked: int
    currency: str
    tokens: int
    balance_after: int


def hear(env: Env, actor: Actor, gateway: str, gateway_payment_id: str, claim: DisputeClaim) -> str:
    """What a webhook claims. Holding tokens back costs nobody money, so that is done; a loss waits for a person."""
    with env.db.begin() as tx:
        found = select(col(Capture.id)).where(
            col(Capture.gateway) == gateway, col(Capture.gateway_payment_id) == gateway_payment_id
        )
        capture_id = tx.scalar(found)
        if capture_id is None:
            return "unmatched"
        # Before the payment: told twice at once, or of two payments at once, one dispute is one row.
        take_turns(tx, f"dispute {gateway} {claim.gateway_dispute_id}")
        row = _row(tx, gateway, claim)
        if row is not None and row.capture_id != capture_id:
            return "unmatched"
        case = returns.locked_case(tx, capture_id)
        row = _row(tx, gateway, claim) or _opened(tx, env, actor, case, claim)
        if claim.state != "open":
            _told(tx, env, actor, row, case, claim.state)
        row.due_at = claim.due_at or row.due_at
        account_id = case.payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
        return row.status


def conclude(env: Env, actor: Actor, dispute_public_id: str, end: End, reason: str) -> DisputeView:
    """A person has seen at the gateway how it ended. Lost takes money and tokens out of the books, once."""
    require(actor, "payments.resolve")
    why = refund_requests.told_reason(reason)
    if end not in {"won", "lost"}:
        raise FieldInvalid(field="end", why="choice")
    with env.db.begin() as tx:
        capture_id = tx.scalar(select(col(Dispute.capture_id)).where(col(Dispute.public_id) == dispute_public_id))
        if capture_id is None:
            raise NotFound(what="dispute")
        case = returns.locked_case(tx, capture_id)
        payment = case.payment
        row = tx.scalars(select(Dispute).where(col(Dispute.public_id) == dispute_public_id)).one()
        if row.status in {"lost", end}:
            raise AlreadyDecided(decision=row.status)
        now = env.clock.now()
        before = after = ledger.balance_as_of(tx, payment.account_id, now)
        if end == "lost":
            after = _lose(tx, env, actor, row, case)
        row.status, row.concluded_by, row.changed_at = end, actor.name, now
        _release(tx, env, actor, row, case)
        told = {"dispute": row.public_id, "amount": row.booked_amount, "currency": row.currency, "tokens": row.tokens}
        timeline.note(tx, env, actor, payment, f"dispute_{end}", told)
        audits.record(
            tx, env, actor, f"dispute.{end}", payment.public_id, why,
            {"told": row.told, "balance": before}, {"balance": after, **told},
        )  # fmt: skip
        returns.release(tx, env, actor, case.topup)
        account_id = case.payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
        return DisputeView(
            row.public_id, payment.public_id, row.status, row.told, row.amount, row.booked_amount, row.currency,
            row.tokens, after,
        )  # fmt: skip


def hold_bought(tx: Tx, env: Env, actor: Actor, case: returns.Case) -> None:
    """Money that buys something only now, while its payer's bank still asks for it: that is held like the rest."""
    tx.flush()
    disputed = (col(Dispute.capture_id) == case.capture.id, col(Dispute.status) == "open")
    for row in tx.scalars(select(Dispute).where(*disputed).order_by(col(Dispute.id))).all():
        _hold(tx, env, actor, row, case)


def _opened(tx: Tx, env: Env, actor: Actor, case: returns.Case, claim: DisputeClaim) -> Dispute:
    now, capture, payment = env.clock.now(), case.capture, case.payment
    row = Dispute(
        public_id=env.ids.public("dsp"), account_id=payment.account_id, payment_id=capture.payment_id,
        capture_id=capture.id, gateway=capture.gateway, gateway_dispute_id=claim.gateway_dispute_id,
        amount=claim.amount or capture.amount, currency=claim.currency or capture.currency, reason=claim.reason,
        created_at=now, changed_at=now,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    told = {"dispute": row.public_id, "amount": row.amount, "currency": row.currency}
    timeline.note(tx, env, actor, payment, "disputed", told)
    audits.record(tx, env, actor, "payment.disputed", payment.public_id, after=told)
    _hold(tx, env, actor, row, case)
    return row


def _told(tx: Tx, env: Env, actor: Actor, row: Dispute, case: returns.Case, end: str) -> None:
    """Won gives the customer their own tokens back. Lost, also after a "won", leaves them held until a person looks."""
    if row.concluded_by or row.told == end:
        return
    contradicts = bool(row.told)
    row.told, row.changed_at = end, env.clock.now()
    is_over = end == "won" and not contradicts
    kind = "dispute_won" if is_over else "dispute_told"
    timeline.note(tx, env, actor, case.payment, kind, {"dispute": row.public_id, "end": end})
    if is_over:
        row.status = "won"
        _release(tx, env, actor, row, case)
        audits.record(tx, env, actor, "dispute.won", case.payment.public_id, after={"dispute": row.public_id})
    elif row.status == "won":
        row.status = "open"
        _hold(tx, env, actor, row, case)


def _hold(tx: Tx, env: Env, actor: Actor, row: Dispute, case: returns.Case) -> None:
    lot = ledger.lot_of(tx, row.account_id, case.tokens_key)
    if lot is None:
        return
    row.freezes += 1
    key = f"freeze:{row.gateway}:{row.gateway_dispute_id}:{row.freezes}"
    ledger.hold_back(tx, row.account_id, lot.id, key, actor.name, env.clock.now())


def _release(tx: Tx, env: Env, actor: Actor, row: Dispute, case: returns.Case) -> None:
    """Another dispute about the same money keeps its tokens held."""
    tx.flush()
    others = (col(Dispute.capture_id) == case.capture.id, col(Dispute.status) == "open", col(Dispute.id) != row.id)
    lot = ledger.lot_of(tx, row.account_id, case.tokens_key)
    if lot is None or not lot.is_frozen or tx.scalar(select(func.count()).select_from(Dispute).where(*others)):
        return
    key = f"unfreeze:{row.gateway}:{row.gateway_dispute_id}:{row.freezes}"
    ledger.let_go(tx, row.account_id, lot.id, key, actor.name, env.clock.now())


def _lose(tx: Tx, env: Env, actor: Actor, row: Dispute, case: returns.Case) -> int:
    """What has been refunded already cannot be lost a second time."""
    amount = min(row.amount, returns.stake(tx, case, env.clock.now()).left)
    if amount == 0:
        return ledger.balance_as_of(tx, row.account_id, env.clock.now())
    way = returns.Exit(f"dispute:{row.gateway}:{row.gateway_dispute_id}", f"cash:{row.gateway}", row.public_id)
    taken = returns.take_back(tx, env, actor, case, amount, way)
    row.booked_amount, row.tokens = amount, taken.tokens
    return taken.balance_after


def _row(tx: Tx, gateway: str, claim: DisputeClaim) -> Dispute | None:
    mine = (col(Dispute.gateway) == gateway, col(Dispute.gateway_dispute_id) == claim.gateway_dispute_id)
    return tx.scalars(select(Dispute).where(*mine)).first()
