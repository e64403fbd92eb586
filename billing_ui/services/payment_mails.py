"""What the payers of an account are written about a payment: queued in the transaction of its cause, once each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Account, Capture, Payment, Topup
from billing_ui.rules.facts import Captured
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import Outcome
from billing_ui.rules.refunds import Sold
from billing_ui.services import mails, people, settings


def tell_paid(
    tx: Tx, env: Env, payment: Payment, topup: Topup, balance: int, sold: Sold | None = None, decided: str = ""
) -> None:
    """One mail for one paid purchase; money that came after the end of its code is told of as late.

    Money that a person decided to credit is told of by what it really was, under the name of its capture.
    """
    template = "payment_late" if not decided and _came_late(tx, payment) else "payment_success"
    worth = env.catalogue.worth(balance)
    args = {
        **_facts(tx, env, payment, topup),
        "amount": sold.amount if sold else topup.total_amount,
        "tokens": sold.tokens if sold else topup.tokens + topup.bonus_tokens,
        "balance": balance,
        **({"capture": decided} if decided else {}),
        "token_equivalent": worth.quantity if worth else None,
        "cta_link": env.catalogue.brand.host_app_url or env.config.url("/subscription/overview/"),
    }
    for user in people.payers(tx, payment.account_id):
        mails.queue(tx, env, template, f"paid:{decided or topup.public_id}:{user.public_id}", user, args)


def tell_unpaid(tx: Tx, env: Env, payment: Payment, topup: Topup, how: Literal["failed", "expired"]) -> None:
    """Nothing is said of an attempt that another one has replaced, or of a purchase that no longer waits for money.

    A push to a phone ends within a minute before its payer's eyes; however many are sent, one mail is enough.
    """
    if topup.status != "open" or not _is_newest(tx, payment):
        return
    args = {**_facts(tx, env, payment, topup), "cta_link": env.config.url(f"/pay/{topup.public_id}/")}
    told_once_for = topup.public_id if METHODS[payment.method].action == "push" else payment.public_id
    if payment.failure_code:
        args["reason"] = f"pay.reason.{payment.failure_code}"
    for user in people.payers(tx, payment.account_id):
        mails.queue(tx, env, f"payment_{how}", f"{how}:{told_once_for}:{user.public_id}", user, args)


def tell_review(tx: Tx, env: Env, payment: Payment, topup: Topup, captured: Captured, outcome: Outcome) -> None:
    """Money that pays nothing yet: it is safe, a person looks at it, and until when. One mail for one capture."""
    arrived = tx.scalars(
        select(col(Capture.public_id)).where(
            col(Capture.gateway) == captured.gateway, col(Capture.gateway_payment_id) == captured.gateway_payment_id
        )
    ).one()
    promised = timedelta(hours=int(settings.get(tx, "review.promised_hours")))
    args = {
        **_facts(tx, env, payment, topup),
        "amount": captured.amount.quantity,
        "currency": captured.amount.unit,
        "why": outcome,
        "until": (env.clock.now() + promised).isoformat(),
        "cta_link": env.config.url(f"/pay/{topup.public_id}/"),
    }
    if outcome == "held":
        args["expected"] = {"money": topup.total_amount, "currency": topup.currency}
    for user in people.payers(tx, payment.account_id):
        mails.queue(tx, env, "payment_review", f"review:{arrived}:{user.public_id}", user, args)


def tell_refunded(tx: Tx, env: Env, payment: Payment, topup: Topup, amount: int, tokens: int, *, refund: str) -> None:
    """Money on its way back, and the tokens taken for it (none for money that had bought none). One mail for one
    refund: `refund` is its public id."""
    args = {
        **_facts(tx, env, payment, topup),
        "amount": amount,
        "currency": payment.currency,
        "why": "tokens_back" if tokens else "tokens_kept",
        "cta_link": env.config.url("/subscription/history/"),
    }
    if tokens:
        args["tokens_back"] = tokens
    for user in people.payers(tx, payment.account_id):
        mails.queue(tx, env, "payment_refunded", f"refunded:{refund}:{user.public_id}", user, args)


def _facts(tx: Tx, env: Env, payment: Payment, topup: Topup) -> dict[str, Any]:
    return {
        "amount": topup.total_amount, "currency": topup.currency, "method": payment.method,
        "at": env.clock.now().isoformat(), "zone": tx.get_one(Account, payment.account_id).zone,
        "ref": topup.public_id, "payment": payment.public_id,
    }  # fmt: skip


def _is_newest(tx: Tx, payment: Payment) -> bool:
    newest = select(func.max(col(Payment.id))).where(col(Payment.topup_id) == payment.topup_id)
    return tx.scalar(newest) == payment.id


def _came_late(tx: Tx, payment: Payment) -> bool:
    credited = (col(Capture.payment_id) == payment.id, col(Capture.outcome) == "credited")
    return bool(tx.scalar(select(col(Capture.is_late)).where(*credited)))
