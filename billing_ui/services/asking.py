"""One attempt to pay: its row, the question to the gateway outside any transaction, and how it is withdrawn."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import cast

from sqlalchemy import func, select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit, take_turns
from billing_ui.kit.amount import Amount
from billing_ui.models import Account, Payment, Topup
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import GatewayError, GatewayRejected, TooManyTries
from billing_ui.rules.facts import PaymentIntent
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import UNDECIDED, WATCHED, Status
from billing_ui.services import looks, payments, read_backs, timeline

MOST_UNPAID_PER_HOUR = 120
MOST_PUSHES_PER_HOUR = 10
_HOUR = timedelta(hours=1)


def attempt(tx: Tx, env: Env, actor: Actor, topup: Topup, method: str, reference: str, phone: str | None) -> int:
    """One more try to pay the purchase: its row, its first line, and a look in case nobody ever answers."""
    now = env.clock.now()
    _require_patience(tx, env, topup.account_id)
    if phone is not None:
        _require_peace(tx, env, topup.account_id, phone)
    row = Payment(
        public_id=env.ids.public("pay"), account_id=topup.account_id, topup_id=topup.id,
        gateway=METHODS[method].gateway, method=method, reference=reference, total_amount=topup.total_amount,
        currency=topup.currency, payer_phone=phone, created_at=now, changed_at=now,
        expires_at=now + METHODS[method].lives,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    timeline.note(tx, env, actor, row, "asked", {"method": method, "amount": topup.total_amount})
    looks.arm(tx, env, row, now + looks.UNANSWERED)
    return cast(int, row.id)


def ask(env: Env, actor: Actor, payment_id: int) -> None:
    """Asks the gateway, outside any transaction, and stores its answer. Rejected is failed; silence is unknown."""
    with env.db.read() as tx:
        payment = tx.get_one(Payment, payment_id)
        account = tx.get_one(Account, payment.account_id)
    intent = PaymentIntent(
        reference=payment.reference,
        method=payment.method,
        total=Amount(payment.total_amount, payment.currency),
        description=f"{env.catalogue.brand.name} {payment.reference}",
        customer_name=account.name,
        expires_at=payment.expires_at,
        payer_phone=payment.payer_phone,
        return_url=_way_back(env, payment),
    )
    try:
        created = env.gateways[payment.gateway].create(intent)
    except GatewayRejected as error:
        payments.happened(env, actor, payment_id, "failed", str(error.facts.get("reason") or "rejected"))
        return
    except GatewayError:
        payments.happened(env, actor, payment_id, "unsure")
        return
    env.failpoint("topup.asked")
    with env.db.begin() as tx:
        held, _topup = payments.locked(tx, payment_id)
        held.gateway_request_id = created.request_id
        shown = created.instruction
        held.instruction = {"kind": shown.kind, "value": shown.value, "deeplink": shown.deeplink}
        # A deadline that has passed already tells of clocks that disagree, not of a code nobody can pay.
        if created.expires_at is not None and created.expires_at > env.clock.now():
            held.expires_at = min(held.expires_at, created.expires_at)
        if held.status in {"created", "unknown"}:
            held.status, held.changed_at = "pending", env.clock.now()
            timeline.note(tx, env, actor, held, "shown", {"method": held.method})
        looks.arm(tx, env, held, env.clock.now() + timedelta(seconds=30))
        after_commit(tx, lambda: env.signals.publish(held.account_id))
    if held.status == "canceled":
        # The customer was faster than the gateway: nobody will see this code, so nobody may pay it.
        with suppress(GatewayError):
            env.gateways[held.gateway].cancel(created.request_id)


def _way_back(env: Env, payment: Payment) -> str | None:
    """Gateways send payers back over https only. The page is told that they have been there."""
    ref = payment.reference.partition("~")[0]
    return env.config.url(f"/pay/{ref}/?returned=1") if env.config.is_https else None


def withdraw(env: Env, actor: Actor, old: Payment) -> None:
    """An older code is closed where the gateway can, so that nobody pays twice. What came for it is credited."""
    if cast(Status, old.status) not in UNDECIDED or old.gateway_request_id is None or old.id is None:
        return
    try:
        still = read_backs.read_back(env, actor, old, old.gateway_request_id)
        if still in UNDECIDED and env.gateways[old.gateway].cancel(old.gateway_request_id):
            payments.happened(env, actor, old.id, "canceled")
    except GatewayError:
        # The customer has the new code; the old one is watched until its deadline, and cancelled then.
        return


def _require_patience(tx: Tx, env: Env, account_id: int) -> None:
    """Each code that is not paid is watched for two days: one account must not use up the gateway's patience."""
    since = env.clock.now() - _HOUR
    unpaid = select(func.count(), func.min(col(Payment.created_at))).where(
        col(Payment.account_id) == account_id, col(Payment.created_at) > since, col(Payment.status).in_(WATCHED)
    )
    count, oldest = tx.execute(unpaid).one()
    if count >= MOST_UNPAID_PER_HOUR:
        raise TooManyTries(retry_at=(oldest + _HOUR).isoformat(timespec="seconds"))


def _require_peace(tx: Tx, env: Env, account_id: int, phone: str) -> None:
    """A push makes somebody's phone ring, maybe a stranger's: few unheard ones, by phone and by account."""
    take_turns(tx, f"pushes of account {account_id}")
    take_turns(tx, f"pushes to {phone}")
    since = env.clock.now() - _HOUR
    is_theirs = (col(Payment.payer_phone) == phone) | (
        (col(Payment.account_id) == account_id) & col(Payment.payer_phone).is_not(None)
    )
    unheard = select(func.count(), func.min(col(Payment.created_at))).where(
        is_theirs, col(Payment.created_at) > since, col(Payment.status).in_(WATCHED)
    )
    count, oldest = tx.execute(unheard).one()
    if count >= MOST_PUSHES_PER_HOUR:
        raise TooManyTries(retry_at=(oldest + _HOUR).isoformat(timespec="seconds"))
