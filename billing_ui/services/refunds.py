"""The only road for money going back through a gateway or by hand: heard, asked for or looked at, it is booked here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.models import Capture, CaptureDecision, Payment, Refund
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Refunded
from billing_ui.rules.refunds import OVER, RefundStatus
from billing_ui.services import audits, payment_mails, read_backs, returns, timeline

# Money that a person sends back by a bank transfer leaves our bank, not the gateway.
BY_HAND = "cash:bank"


@dataclass(frozen=True, slots=True)
class RefundSettled:
    """What became of one refund. `is_new` is False when nothing was written: it had been settled before."""

    status: RefundStatus
    tokens: int
    is_new: bool


def hear(env: Env, actor: Actor, gateway: str, refund_id: str) -> str:
    """The gateway said something about a refund: read it back, and its payment first if that is not in the books."""
    told = env.gateways[gateway].refund_status(refund_id)
    env.failpoint("refund.answered")
    capture_id = _capture_of(env, told)
    if capture_id is None:
        payment = _payment_of(env, told)
        if payment is None or told.request_id is None:
            return "unmatched"
        named = (told.gateway_payment_id,) if told.gateway_payment_id else ()
        read_backs.read_back(env, actor, payment, told.request_id, named)
        capture_id = _capture_of(env, told)
        if capture_id is None:
            raise GatewayUnavailable(reason="REFUNDED_MONEY_NOT_SEEN")
    return settle(env, actor, capture_id, told).status


def settle(env: Env, actor: Actor, capture_id: int, told: Refunded) -> RefundSettled:
    """Writes down what the gateway says of a refund; a succeeded one is booked in the same transaction, once."""
    with env.db.begin() as tx:
        case = returns.locked_case(tx, capture_id)
        row = _row(tx, told) or _heard(tx, env, actor, case, told)
        before = cast(RefundStatus, row.status)
        if before == "succeeded":
            return RefundSettled(before, row.tokens, is_new=False)
        row.gateway_refund_id = told.gateway_refund_id
        if told.state == "succeeded":
            _succeed(tx, env, actor, row, case, told)
        elif told.state != "unknown" and before not in OVER:
            _note(tx, env, actor, row, case.payment, told.state, told.failure_code)
        account_id = case.payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
        return RefundSettled(cast(RefundStatus, row.status), row.tokens, is_new=row.status != before)


def fail(env: Env, actor: Actor, refund_id: int, failure_code: str) -> None:
    """The gateway refused: nothing left. If the refund was a decision about kept money, that is open again."""
    with env.db.begin() as tx:
        row, payment = _locked(tx, refund_id)
        if cast(RefundStatus, row.status) not in OVER:
            _note(tx, env, actor, row, payment, "failed", failure_code)
        account_id = payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))


def doubt(env: Env, refund_id: int) -> None:
    """Nobody knows whether the gateway did it: that is looked at later, and never asked for under another name."""
    with env.db.begin() as tx:
        row, payment = _locked(tx, refund_id)
        if row.status == "asked":
            row.status, row.changed_at = "unknown", env.clock.now()
        account_id = payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))


def book(tx: Tx, env: Env, actor: Actor, row: Refund, case: returns.Case, way: returns.Exit) -> None:
    """The refund has happened: books, row, story and audit, all in the caller's transaction."""
    # Before the row says "succeeded": it must not count itself among what has left already.
    taken = returns.take_back(tx, env, actor, case, row.amount, way)
    row.status, row.tokens, row.changed_at = "succeeded", taken.tokens, env.clock.now()
    told = {"refund": row.public_id, "amount": row.amount, "currency": row.currency, "tokens": taken.tokens}
    timeline.note(tx, env, actor, case.payment, "refunded", told)
    audits.record(
        tx, env, actor, "payment.refunded", case.payment.public_id, row.reason,
        {"balance": taken.balance_before}, {"balance": taken.balance_after, **told},
    )  # fmt: skip
    payment_mails.tell_refunded(tx, env, case.payment, case.topup, row.amount, taken.tokens, refund=row.public_id)
    returns.release(tx, env, actor, case.topup)


def _succeed(tx: Tx, env: Env, actor: Actor, row: Refund, case: returns.Case, told: Refunded) -> None:
    left = returns.stake(tx, case, env.clock.now()).left
    if told.amount.unit != case.capture.currency or told.amount.quantity > left:
        # More than came, or other money: not booked, kept in sight until a person has found out why.
        _note(tx, env, actor, row, case.payment, "unknown", "ABOVE_CAPTURE")
        return
    row.amount = told.amount.quantity
    key = f"refund:{told.gateway}:{told.gateway_refund_id}"
    book(tx, env, actor, row, case, returns.Exit(key, f"cash:{told.gateway}", row.public_id))


def _note(
    tx: Tx, env: Env, actor: Actor, row: Refund, payment: Payment, status: RefundStatus, failure_code: str | None
) -> None:
    """A step that moves no money. A failed one gives back the decision it stood for."""
    if (row.status, row.failure_code) == (status, failure_code):
        return
    row.status, row.failure_code, row.changed_at = status, failure_code, env.clock.now()
    if status == "pending":
        return
    told = {"refund": row.public_id, "amount": row.amount, "currency": row.currency, "reason": failure_code or ""}
    timeline.note(tx, env, actor, payment, f"refund_{status}", told)
    audits.record(tx, env, actor, f"refund.{status}", payment.public_id, row.reason, after=told)
    if status in {"failed", "canceled"}:
        tx.flush()
        tx.execute(delete(CaptureDecision).where(col(CaptureDecision.refund_id) == row.id))


def _row(tx: Tx, told: Refunded) -> Refund | None:
    ours = (col(Refund.gateway) == told.gateway) & (col(Refund.gateway_refund_id) == told.gateway_refund_id)
    if told.reference is not None:
        ours |= (col(Refund.gateway) == told.gateway) & (col(Refund.reference) == told.reference)
    return tx.scalars(select(Refund).where(ours)).first()


def _heard(tx: Tx, env: Env, actor: Actor, case: returns.Case, told: Refunded) -> Refund:
    """A refund that was started at the gateway itself."""
    now = env.clock.now()
    row = Refund(
        public_id=env.ids.public("rfd"), account_id=case.payment.account_id, payment_id=case.capture.payment_id,
        capture_id=case.capture.id, kind="gateway", gateway=told.gateway, gateway_refund_id=told.gateway_refund_id,
        amount=told.amount.quantity, currency=told.amount.unit, status="pending", created_by=actor.name,
        created_at=now, changed_at=now,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    return row


def _locked(tx: Tx, refund_id: int) -> tuple[Refund, Payment]:
    capture_id = tx.scalar(select(col(Refund.capture_id)).where(col(Refund.id) == refund_id))
    case = returns.locked_case(tx, cast(int, capture_id))
    return tx.scalars(select(Refund).where(col(Refund.id) == refund_id)).one(), case.payment


def _capture_of(env: Env, told: Refunded) -> int | None:
    """Our own row first: we know what we asked for. Then the payment it names; then the only one of its request."""
    with env.db.read() as tx:
        row = _row(tx, told)
        if row is not None:
            return row.capture_id
        query = select(col(Capture.id)).where(col(Capture.gateway) == told.gateway)
        if told.gateway_payment_id is not None:
            return tx.scalar(query.where(col(Capture.gateway_payment_id) == told.gateway_payment_id))
        payments = query.join(Payment, col(Payment.id) == col(Capture.payment_id))
        found = tx.scalars(payments.where(col(Payment.gateway_request_id) == told.request_id).limit(2)).all()
        return found[0] if len(found) == 1 else None


def _payment_of(env: Env, told: Refunded) -> Payment | None:
    """The attempt whose request the refund names; its money may not be in the books yet."""
    if told.request_id is None:
        return None
    ours = (col(Payment.gateway) == told.gateway, col(Payment.gateway_request_id) == told.request_id)
    with env.db.read() as tx:
        return tx.scalars(select(Payment).where(*ours)).first()
