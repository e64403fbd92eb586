"""Operators ask for money to go back: the wish is stored, then the gateway is asked, then looked after to the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.kit.amount import Amount
from billing_ui.kit.ids import digest
from billing_ui.models import Capture, Dispute, Payment, Refund
from billing_ui.queries.captures import became_tokens
from billing_ui.rules.access import Actor, require, system
from billing_ui.rules.errors import (
    FieldInvalid,
    GatewayError,
    GatewayRejected,
    KeyReused,
    NotConfirmed,
    NotFound,
    NotRefundable,
    OnlyWhole,
)
from billing_ui.rules.facts import RefundIntent
from billing_ui.rules.methods import METHODS
from billing_ui.rules.refunds import OVER, RefundStatus, next_look, no_way_back
from billing_ui.services import audits, outbox, refunds, settings, timeline
from billing_ui.services.returns import Case, Exit, locked_case, stake

KIND = "refunds.look"
SHORTEST_REASON, LONGEST_REASON = 10, 500
SHORTEST_BANK_REFERENCE, LONGEST_BANK_REFERENCE = 4, 100
_UNANSWERED = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Wish:
    """How much goes back and why. The same key is the same wish; `bank_reference` names a transfer made by hand, and
    `confirmed` is the amount as a person typed it once more."""

    amount: int
    reason: str
    key: str
    bank_reference: str = ""
    confirmed: int | None = None


@dataclass(frozen=True, slots=True)
class RefundView:
    """How one refund stands. `failure_code` is the gateway's word when it did not go through."""

    refund: str
    payment: str
    kind: str
    status: RefundStatus
    amount: int
    currency: str
    tokens: int
    failure_code: str


def request(
    env: Env, actor: Actor, payment_public_id: str, amount: int, reason: str, *, key: str, confirmed: int | None = None
) -> RefundView:
    """Sends back a part or all of what paid a purchase, through its gateway. The same key is the same refund."""
    require(actor, "payments.resolve")
    wish = Wish(amount, told_reason(reason), key, confirmed=confirmed)
    with env.db.begin() as tx:
        case = _paying(tx, payment_public_id)
        _require_confirmed(tx, case, wish)
        row, is_new = place(tx, env, actor, case, wish)
        refund_id, account_id = cast(int, row.id), row.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
    env.failpoint("refund.stored")
    if is_new:
        ask(env, actor, refund_id)
    return view(env, refund_id)


def record_manual(
    env: Env,
    actor: Actor,
    payment_public_id: str,
    amount: int,
    reason: str,
    bank_reference: str,
    *,
    key: str,
    confirmed: int | None = None,
) -> RefundView:
    """Writes down that a person has sent money back by a bank transfer, where no gateway can."""
    require(actor, "payments.resolve")
    wish = Wish(amount, told_reason(reason), key, bank_reference, confirmed)
    with env.db.begin() as tx:
        case = _paying(tx, payment_public_id)
        _require_confirmed(tx, case, wish)
        row = pay_out(tx, env, actor, case, wish)
        refund_id, account_id = cast(int, row.id), row.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
    return view(env, refund_id)


def place(tx: Tx, env: Env, actor: Actor, case: Case, wish: Wish) -> tuple[Refund, bool]:
    """Stores the wish and the job that sees it through; the caller asks the gateway after the commit."""
    capture, payment = case.capture, case.payment
    known = _known(tx, case, wish, reference := f"rfd_{digest(wish.key)[:26]}")
    if known is not None:
        return known, False
    why = no_way_back(METHODS[payment.method], wish.amount, capture.amount)
    if why == "method" or payment.gateway_request_id is None:
        raise NotRefundable(why="method", maximum=0, currency=capture.currency)
    if why == "whole":
        raise OnlyWhole(maximum=capture.amount, currency=capture.currency)
    _require_left(tx, env, case, wish.amount)
    row = _row(env, actor, case, wish)
    row.kind, row.reference = "gateway", reference
    tx.add(row)
    tx.flush()
    told = {"refund": row.public_id, "amount": wish.amount, "currency": capture.currency}
    timeline.note(tx, env, actor, payment, "refund_asked", told)
    audits.record(tx, env, actor, "refund.asked", payment.public_id, wish.reason, after=told)
    outbox.reschedule(tx, env, KIND, f"refund:{row.public_id}", {"refund": row.id}, row.created_at + _UNANSWERED)
    return row, True


def pay_out(tx: Tx, env: Env, actor: Actor, case: Case, wish: Wish) -> Refund:
    """A transfer that a person made: booked at once, with the bank's number for it."""
    number = wish.bank_reference.strip()
    if not SHORTEST_BANK_REFERENCE <= len(number) <= LONGEST_BANK_REFERENCE:
        raise FieldInvalid(field="detail", why="required")
    known = _known(tx, case, wish, reference := f"out_{digest(wish.key)[:26]}")
    if known is not None:
        return known
    _require_left(tx, env, case, wish.amount)
    row = _row(env, actor, case, wish)
    row.kind, row.reference, row.bank_reference = "manual", reference, number
    tx.add(row)
    tx.flush()
    way = Exit(f"refund:manual:{row.public_id}", refunds.BY_HAND, row.public_id)
    refunds.book(tx, env, actor, row, case, way)
    return row


def ask(env: Env, actor: Actor, refund_id: int) -> None:
    """Asks the gateway, outside any transaction. Silence is unknown, and the same reference asks again."""
    with env.db.read() as tx:
        row = tx.get_one(Refund, refund_id)
        payment = tx.get_one(Payment, row.payment_id)
    assert payment.gateway_request_id is not None
    intent = RefundIntent(str(row.reference), payment.gateway_request_id, Amount(row.amount, row.currency))
    try:
        told = env.gateways[row.gateway].refund(intent)
    except GatewayRejected as error:
        refunds.fail(env, actor, refund_id, str(error.facts.get("reason") or "rejected"))
        return
    except GatewayError:
        refunds.doubt(env, refund_id)
        return
    env.failpoint("refund.asked")
    refunds.settle(env, actor, cast(int, row.capture_id), told)


def look(env: Env, refund_id: int) -> datetime | None:
    """One look, by the job: whether the gateway knows the refund, and what became of it. Answers when to look again."""
    with env.db.read() as tx:
        row = tx.get_one(Refund, refund_id)
        request_id = tx.get_one(Payment, row.payment_id).gateway_request_id
    if cast(RefundStatus, row.status) in OVER or request_id is None:
        return None
    gateway = env.gateways[row.gateway]
    if row.gateway_refund_id is not None:
        told = gateway.refund_status(row.gateway_refund_id)
    else:
        # Only what the gateway does not have may be asked for again, and be believed when it says no.
        found = gateway.refund_by(str(row.reference), request_id)
        if found is None:
            ask(env, system("refunds"), refund_id)
            return _again(env, refund_id)
        told = found
    refunds.settle(env, system("refunds"), cast(int, row.capture_id), told)
    return _again(env, refund_id)


def view(env: Env, refund_id: int) -> RefundView:
    with env.db.read() as tx:
        row = tx.get_one(Refund, refund_id)
        payment = tx.get_one(Payment, row.payment_id)
    return RefundView(
        row.public_id, payment.public_id, row.kind, cast(RefundStatus, row.status), row.amount, row.currency,
        row.tokens, row.failure_code or "",
    )  # fmt: skip


def told_reason(reason: str) -> str:
    told = reason.strip()
    if not SHORTEST_REASON <= len(told) <= LONGEST_REASON:
        raise FieldInvalid(field="reason", why="length")
    return told


def is_large(tx: Tx, amount: int) -> bool:
    """Whether whoever sends so much back must type the amount once more."""
    return amount > int(settings.get(tx, "approval.refund_amount"))


def _again(env: Env, refund_id: int) -> datetime | None:
    with env.db.read() as tx:
        row = tx.get_one(Refund, refund_id)
    return None if cast(RefundStatus, row.status) in OVER else next_look(row.created_at, env.clock.now())


def _paying(tx: Tx, payment_public_id: str) -> Case:
    """The money that paid: credited as it came, or by a decision."""
    query = (
        select(col(Capture.id))
        .join(Payment, col(Payment.id) == col(Capture.payment_id))
        .where(col(Payment.public_id) == payment_public_id, became_tokens())
        .order_by(col(Capture.outcome), col(Capture.id))
    )
    capture_id = tx.scalar(query)
    if capture_id is None:
        raise NotFound(what="payment")
    return locked_case(tx, capture_id)


def _known(tx: Tx, case: Case, wish: Wish, reference: str) -> Refund | None:
    row = tx.scalars(select(Refund).where(col(Refund.reference) == reference)).first()
    if row is not None and (row.capture_id, row.amount) != (case.capture.id, wish.amount):
        raise KeyReused(key=wish.key)
    return row


def _require_confirmed(tx: Tx, case: Case, wish: Wish) -> None:
    if is_large(tx, wish.amount) and wish.confirmed != wish.amount:
        raise NotConfirmed(amount=wish.amount, currency=case.capture.currency)


def _require_left(tx: Tx, env: Env, case: Case, amount: int) -> None:
    if amount <= 0:
        raise FieldInvalid(field="amount", why="range")
    disputed = select(col(Dispute.id)).where(col(Dispute.capture_id) == case.capture.id, col(Dispute.status) == "open")
    if tx.scalar(disputed.limit(1)) is not None:
        # The bank may take the same money back; it must not leave twice.
        raise NotRefundable(why="disputed", maximum=0, currency=case.capture.currency)
    free = stake(tx, case, env.clock.now()).free
    if amount > free:
        raise NotRefundable(why="amount", maximum=free, currency=case.capture.currency)


def _row(env: Env, actor: Actor, case: Case, wish: Wish) -> Refund:
    now, capture = env.clock.now(), case.capture
    return Refund(
        public_id=env.ids.public("rfd"), account_id=case.payment.account_id, payment_id=capture.payment_id,
        capture_id=capture.id, gateway=capture.gateway, amount=wish.amount, currency=capture.currency, kind="manual",
        status="asked", reason=wish.reason, created_by=actor.name, created_at=now, changed_at=now,
    )  # fmt: skip
