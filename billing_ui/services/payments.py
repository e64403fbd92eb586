"""The only road to paid. Webhook, open page, "check now" and sweeper all end here, and all may come twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from billing_ui import ledger
from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit
from billing_ui.kit.amount import Amount
from billing_ui.models import Capture, Payment, PlanVersion, Topup
from billing_ui.rules.access import Actor
from billing_ui.rules.facts import Captured
from billing_ui.rules.payments import Happening, Outcome, PurchaseStatus, Status, next_status, outcome_of
from billing_ui.rules.refunds import Sold
from billing_ui.services import audits, payment_mails, receipts, subscriptions, timeline

_CAPTURE = Capture.__table__  # type: ignore[attr-defined]  # SQLModel does not tell of it


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of one capture. `is_new` is False when it had been settled before; then nothing was written."""

    outcome: Outcome
    status: Status
    is_new: bool


@dataclass(frozen=True, slots=True)
class Credit:
    """A sum of money that becomes tokens, and what it bought.

    `decided` is the public id of a capture that has been lying in clearing until a person decided about it.
    """

    gateway: str
    gateway_payment_id: str
    sold: Sold
    occurred_at: datetime
    decided: str = ""


def terms_of(topup: Topup) -> Sold:
    """What the whole sum of a purchase buys."""
    return Sold(topup.total_amount, topup.fee_amount, topup.tax_amount, topup.tokens + topup.bonus_tokens)


def credit_key(gateway: str, gateway_payment_id: str) -> str:
    """The key under which the books hold the tokens of one capture, whoever decided that it buys some."""
    return f"topup:{gateway}:{gateway_payment_id}"


def locked(tx: Tx, payment_id: int) -> tuple[Payment, Topup]:
    """The payment and its purchase, held until the transaction ends: first the purchase, then the attempt."""
    topup_id = select(col(Payment.topup_id)).where(col(Payment.id) == payment_id).scalar_subquery()
    fresh = {"populate_existing": True}
    topup = tx.scalars(select(Topup).where(col(Topup.id) == topup_id).with_for_update(), execution_options=fresh).one()
    payment = tx.scalars(
        select(Payment).where(col(Payment.id) == payment_id).with_for_update(), execution_options=fresh
    ).one()
    return payment, topup


def settle(env: Env, actor: Actor, payment_id: int, captured: Captured) -> Settled:
    """Books one capture for good: pays the purchase, or keeps the money in clearing as extra or held."""
    with env.db.begin() as tx:
        payment, topup = locked(tx, payment_id)
        expected = Amount(payment.total_amount, payment.currency)
        outcome = outcome_of(cast(PurchaseStatus, topup.status), expected, captured.amount)
        is_late = captured.after_end or payment.status in {"expired", "canceled", "failed"}
        if not _store(tx, env, payment, captured, outcome, is_late=is_late):
            return _known(tx, payment, captured)
        env.failpoint("settle.stored")
        move(tx, env, actor, payment, "mismatched" if outcome == "held" else "captured")
        if outcome == "credited":
            occurred_at = captured.captured_at or env.clock.now()
            credit(tx, env, actor, payment, topup,
                   Credit(captured.gateway, captured.gateway_payment_id, terms_of(topup), occurred_at))  # fmt: skip
        else:
            _keep(tx, env, actor, payment, topup, captured, outcome)
        env.failpoint("settle.booked")
        account_id = payment.account_id
        after_commit(tx, lambda: env.signals.publish(account_id))
        return Settled(outcome, cast(Status, payment.status), is_new=True)


def happened(env: Env, actor: Actor, payment_id: int, happening: Happening, failure_code: str | None = None) -> Status:
    """Moves a payment for anything but money: opened, failed, expired, canceled, unsure."""
    with env.db.begin() as tx:
        payment, topup = locked(tx, payment_id)
        if move(tx, env, actor, payment, happening, failure_code):
            if happening in {"failed", "expired"}:
                payment_mails.tell_unpaid(tx, env, payment, topup, happening)
            account_id = payment.account_id
            after_commit(tx, lambda: env.signals.publish(account_id))
        return cast(Status, payment.status)


def give_up(env: Env, actor: Actor, payment_id: int) -> Status:
    """The customer changed their mind: the attempt and its purchase end together. Money that still comes wins."""
    with env.db.begin() as tx:
        payment, topup = locked(tx, payment_id)
        if move(tx, env, actor, payment, "canceled"):
            topup.status = "void" if topup.status == "open" else topup.status
            account_id = payment.account_id
            after_commit(tx, lambda: env.signals.publish(account_id))
        return cast(Status, payment.status)


def _store(tx: Tx, env: Env, payment: Payment, captured: Captured, outcome: Outcome, *, is_late: bool) -> bool:
    dialect = sqlite if tx.get_bind().dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(_CAPTURE)
        .values(
            public_id=env.ids.public("cap"), payment_id=payment.id, gateway=captured.gateway,
            gateway_payment_id=captured.gateway_payment_id, amount=captured.amount.quantity,
            currency=captured.amount.unit, outcome=outcome, is_late=is_late, captured_at=captured.captured_at,
            recorded_at=env.clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["gateway", "gateway_payment_id"])
        .returning(_CAPTURE.c.id)
    )  # fmt: skip
    return tx.execute(statement).first() is not None


def _known(tx: Tx, payment: Payment, captured: Captured) -> Settled:
    stored = tx.scalars(
        select(Capture).where(
            col(Capture.gateway) == captured.gateway, col(Capture.gateway_payment_id) == captured.gateway_payment_id
        )
    ).one()
    return Settled(cast(Outcome, stored.outcome), cast(Status, payment.status), is_new=False)


def move(
    tx: Tx, env: Env, actor: Actor, payment: Payment, happening: Happening, failure_code: str | None = None
) -> bool:
    """One step of the status machine, with its line in the story; False where nothing changes. Under the lock."""
    before = cast(Status, payment.status)
    after = next_status(before, happening)
    if after == before:
        return False
    payment.status = after
    payment.changed_at = env.clock.now()
    payment.failure_code = failure_code or payment.failure_code
    timeline.note(tx, env, actor, payment, happening, {"from": before, **_reason(failure_code)})
    return True


def _reason(failure_code: str | None) -> dict[str, str]:
    return {"reason": failure_code} if failure_code else {}


def credit(tx: Tx, env: Env, actor: Actor, payment: Payment, topup: Topup, money: Credit) -> ledger.Receipt:
    """Money becomes tokens in one posting; plan, story, mail and receipt follow. The purchase is paid by it, or was."""
    now = env.clock.now()
    if topup.status != "paid":
        topup.status, topup.paid_at = "paid", now
    receipt = ledger.post(tx, _posting(env, actor, payment, topup, money), now)
    # Only now: the head is locked, so of two first purchases paid at once one moves the plan, the other sees it.
    subscriptions.move_up(tx, env, actor, payment.account_id, tx.get_one(PlanVersion, topup.plan_version_id))
    timeline.note(tx, env, actor, payment, "credited", {"tokens": money.sold.tokens})
    audits.record(
        tx, env, actor, "payment.credited", payment.public_id,
        before={"balance": receipt.balance_before}, after={"balance": receipt.balance_after},
    )  # fmt: skip
    payment_mails.tell_paid(tx, env, payment, topup, receipt.balance_after, money.sold, money.decided)
    receipts.issue(tx, env, payment, topup, money.gateway_payment_id, money.sold)
    return receipt


def _posting(env: Env, actor: Actor, payment: Payment, topup: Topup, money: Credit) -> ledger.Posting:
    sold, currency = money.sold, topup.currency
    moves = [
        ledger.Transfer(currency, f"cash:{money.gateway}", "clearing", 0 if money.decided else sold.amount),
        ledger.Transfer(currency, "clearing", "deferred", sold.price),
        ledger.Transfer(currency, "clearing", "fee", sold.fee),
        ledger.Transfer(currency, "clearing", "tax", sold.tax),
        ledger.Transfer("TOKEN", "issued", "wallet", sold.tokens),
    ]
    return ledger.Posting(
        account_id=payment.account_id,
        key=credit_key(money.gateway, money.gateway_payment_id),
        cause=topup.public_id,
        actor=actor.name,
        occurred_at=money.occurred_at,
        transfers=tuple(move for move in moves if move.quantity > 0),
        lot=ledger.LotIn(
            source="bought", priority=50, expires_at=subscriptions.expiry(env, topup.validity_days),
            price_num=topup.amount, price_den=topup.tokens + topup.bonus_tokens, currency=currency,
        ),
    )  # fmt: skip


def _keep(tx: Tx, env: Env, actor: Actor, payment: Payment, topup: Topup, captured: Captured, outcome: Outcome) -> None:
    """Money that pays nothing yet stays in clearing, visible, until somebody decides."""
    if topup.status == "open":
        topup.status = "review"
    posting = ledger.Posting(
        account_id=payment.account_id,
        key=f"capture:{captured.gateway}:{captured.gateway_payment_id}",
        cause=topup.public_id,
        actor=actor.name,
        occurred_at=captured.captured_at or env.clock.now(),
        transfers=(
            ledger.Transfer(captured.amount.unit, f"cash:{captured.gateway}", "clearing", captured.amount.quantity),
        ),
    )
    ledger.post(tx, posting, env.clock.now())
    told = {"amount": captured.amount.quantity, "currency": captured.amount.unit}
    timeline.note(tx, env, actor, payment, outcome, told)
    audits.record(tx, env, actor, f"payment.{outcome}", payment.public_id, after=told)
    payment_mails.tell_review(tx, env, payment, topup, captured, outcome)
