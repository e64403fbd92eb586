"""What the payers of an account are written about a payment: queued in the transaction of its cause, once each."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Account, Payment, Topup
from billing_ui.services import mails, people


def tell_paid(tx: Tx, env: Env, payment: Payment, topup: Topup, balance: int) -> None:
    worth = env.catalogue.worth(balance)
    args = {
        **_facts(tx, env, payment, topup),
        "tokens": topup.tokens + topup.bonus_tokens,
        "balance": balance,
        "token_equivalent": worth.quantity if worth else None,
        "cta_link": env.catalogue.brand.host_app_url or env.config.url("/subscription/overview/"),
    }
    for user in people.payers(tx, payment.account_id):
        mails.queue(tx, env, "payment_success", f"paid:{topup.public_id}:{user.public_id}", user, args)


def tell_unpaid(tx: Tx, env: Env, payment: Payment, topup: Topup, how: Literal["failed", "expired"]) -> None:
    """Nothing is said of an attempt that another one has replaced, or of a purchase that no longer waits for money."""
    if topup.status != "open" or not _is_newest(tx, payment):
        return
    args = {**_facts(tx, env, payment, topup), "cta_link": env.config.url(f"/pay/{topup.public_id}/")}
    if payment.failure_code:
        args["reason"] = f"pay.reason.{payment.failure_code}"
    for user in people.payers(tx, payment.account_id):
        mails.queue(tx, env, f"payment_{how}", f"{how}:{payment.public_id}:{user.public_id}", user, args)


def _facts(tx: Tx, env: Env, payment: Payment, topup: Topup) -> dict[str, Any]:
    return {
        "amount": topup.total_amount, "currency": topup.currency, "method": payment.method,
        "at": env.clock.now().isoformat(), "zone": tx.get_one(Account, payment.account_id).zone,
        "ref": topup.public_id, "payment": payment.public_id,
    }  # fmt: skip


def _is_newest(tx: Tx, payment: Payment) -> bool:
    newest = select(func.max(col(Payment.id))).where(col(Payment.topup_id) == payment.topup_id)
    return tx.scalar(newest) == payment.id
