"""Asking for a top-up: the intent is stored, then the gateway is asked, then its answer is stored."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx, after_commit, take_turns
from billing_ui.kit.amount import Amount
from billing_ui.models import Account, Payment, PlanVersion, TokenPackage, Topup
from billing_ui.rules.access import Actor, require_account
from billing_ui.rules.errors import (
    FieldInvalid,
    GatewayError,
    GatewayRejected,
    KeyReused,
    MethodUnavailable,
    NotCancelable,
    NotFound,
    NotPayable,
    PlanUnavailable,
    TooManyTries,
)  # fmt: skip
from billing_ui.rules.facts import PaymentIntent
from billing_ui.rules.methods import METHODS, obstacle
from billing_ui.rules.payments import UNDECIDED, WATCHED, Status
from billing_ui.rules.topups import Offer, Quote, Terms, custom_offer, quote
from billing_ui.services import looks, payments, plans, timeline
from billing_ui.services import settings as operator_settings

# Two tabs have two form keys; the same wish within this time is still one purchase.
SAME_WISH = timedelta(minutes=15)
# Terms are frozen when they are asked for, but nobody may keep last year's price in a drawer.
TERMS_STAND = timedelta(days=7)
MOST_UNPAID_PER_HOUR = 120
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RequestTopup:
    """What the customer chose: an amount (of a package or typed), a method, and the key of the form shown to them.

    A host app's key counts across all accounts, and another key of its is another purchase, however alike.
    """

    amount: int
    method: str
    form_key: str
    is_host_key: bool = False

    def content_hash(self) -> str:
        return hashlib.sha256(f"{self.amount}|{self.method}".encode()).hexdigest()


def request(env: Env, actor: Actor, wish: RequestTopup) -> str:
    """Returns the ref of the purchase, payable or already being made payable. Safe to repeat with the same key."""
    return request_once(env, actor, wish)[0]


def request_once(env: Env, actor: Actor, wish: RequestTopup) -> tuple[str, bool]:
    """`request`, which also tells whether the purchase was made just now."""
    account_id = require_account(actor)
    if not 8 <= len(wish.form_key) <= 80:
        raise FieldInvalid(field="form_key", why="length")
    try:
        ref, payment_id = place(env, actor, account_id, wish)
    except IntegrityError:
        # Two clicks at once: the other one stored the purchase a moment ago.
        ref, payment_id = place(env, actor, account_id, wish)
    env.failpoint("topup.stored")
    if payment_id is not None:
        ask(env, actor, payment_id)
    return ref, payment_id is not None


def retry(env: Env, actor: Actor, ref: str, method: str | None = None) -> str:
    """A new attempt to pay the same purchase at the same terms; the old code no longer counts."""
    account_id = require_account(actor)
    with env.db.begin() as tx:
        topup = _own(tx, account_id, ref)
        if topup.status not in {"open", "void"}:
            raise NotPayable(status=topup.status)
        if env.clock.now() - topup.created_at > TERMS_STAND:
            raise NotPayable(status="expired")
        last = _last_payment(tx, topup)
        if cast(Status, last.status) in {"created", "pending", "processing"} and method in {None, last.method}:
            return ref
        chosen = method or last.method
        why = obstacle(chosen, Amount(topup.total_amount, topup.currency))
        if why is not None:
            raise MethodUnavailable(method=chosen, why=why)
        topup.status = "open"
        number = tx.scalar(select(func.count()).select_from(Payment).where(col(Payment.topup_id) == topup.id)) or 0
        payment_id = _attempt(tx, env, actor, topup, chosen, f"{ref}~{number + 1}")
    ask(env, actor, payment_id)
    _withdraw(env, actor, last)
    return ref


def cancel(env: Env, actor: Actor, ref: str) -> None:
    """The customer changed their mind. The code is withdrawn where the gateway can; late money is still credited."""
    account_id = require_account(actor)
    with env.db.read() as tx:
        topup = _own(tx, account_id, ref)
        payment = _last_payment(tx, topup)
    if topup.status != "open" or cast(Status, payment.status) not in UNDECIDED or payment.id is None:
        raise NotCancelable(status=payment.status)
    if payment.gateway_request_id is not None:
        now = looks.read_back(env, actor, payment, payment.gateway_request_id)
        if now not in UNDECIDED:
            raise NotCancelable(status=now)
        env.gateways[payment.gateway].cancel(payment.gateway_request_id)
    payments.give_up(env, actor, payment.id)


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
        return_url=env.config.url(f"/pay/{payment.reference.partition('~')[0]}/") if env.config.is_https else None,
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
        if created.expires_at is not None:
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


def _withdraw(env: Env, actor: Actor, old: Payment) -> None:
    """An older code is closed where the gateway can, so that nobody pays twice. What came for it is credited."""
    if cast(Status, old.status) not in UNDECIDED or old.gateway_request_id is None or old.id is None:
        return
    try:
        still = looks.read_back(env, actor, old, old.gateway_request_id)
        if still in UNDECIDED and env.gateways[old.gateway].cancel(old.gateway_request_id):
            payments.happened(env, actor, old.id, "canceled")
    except GatewayError:
        # The customer has the new code; the old one is watched until its deadline, and cancelled then.
        return


def place(env: Env, actor: Actor, account_id: int, wish: RequestTopup) -> tuple[str, int | None]:
    """Stores the wish: (its ref, the payment to ask the gateway for). None when it was stored before."""
    with env.db.begin() as tx:
        same_key = select(Topup).where(col(Topup.form_key) == wish.form_key)
        if wish.is_host_key:
            take_turns(tx, f"host key {wish.form_key}")
        else:
            same_key = same_key.where(col(Topup.account_id) == account_id)
        known = tx.scalars(same_key).first()
        if known is not None:
            if (known.account_id, known.form_hash) != (account_id, wish.content_hash()):
                raise KeyReused(key=wish.form_key)
            return known.public_id, None
        take_turns(tx, f"wishes of account {account_id}")
        twin = None if wish.is_host_key else _open_twin(tx, env, account_id, wish)
        if twin is not None:
            return twin.public_id, None
        plan, package, priced = price(tx, env, account_id, wish.amount, wish.method)
        topup = _purchase(env, actor, account_id, wish, priced)
        topup.plan_version_id = cast(int, plan.id)
        topup.token_package_id = package.id if package else None
        tx.add(topup)
        tx.flush()
        return topup.public_id, _attempt(tx, env, actor, topup, wish.method, topup.public_id)


def price(
    tx: Tx, env: Env, account_id: int, amount: int, method: str
) -> tuple[PlanVersion, TokenPackage | None, Quote]:
    """The terms for this amount and method, from the versions in force now."""
    plan = plans.topup_plan(tx, account_id)
    if plan is None:
        raise PlanUnavailable(plan="")
    terms = Terms(
        tax_mode=operator_settings.get(tx, "tax.mode"),
        tax_rate_per_10000=operator_settings.get(tx, "tax.rate_per_10000"),
        fee_payer=operator_settings.get(tx, "fee.payer"),
        fee_amount=operator_settings.get(tx, "fee.amount"),
    )
    package = plans.package_for(tx, plan.slug, amount)
    if package is not None:
        offer = Offer(
            Amount(package.price_amount, package.currency), package.tokens, package.bonus_tokens, package.validity_days
        )
    else:
        custom = env.catalogue.custom_amount
        if custom is None:
            raise FieldInvalid(field="amount", why="not_offered")
        offer = custom_offer(
            Amount(amount, env.catalogue.currency), custom.minimum, custom.maximum, custom.step,
            custom.tokens_num, custom.tokens_den,
        )  # fmt: skip
    return plan, package, quote(offer, terms, method)


def _purchase(env: Env, actor: Actor, account_id: int, wish: RequestTopup, priced: Quote) -> Topup:
    return Topup(
        public_id=env.ids.public("top"), account_id=account_id, plan_version_id=0, form_key=wish.form_key,
        form_hash=wish.content_hash(), tokens=priced.tokens, bonus_tokens=priced.bonus_tokens,
        amount=priced.price.quantity, fee_amount=priced.fee.quantity, tax_amount=priced.tax.quantity,
        total_amount=priced.total.quantity, currency=priced.total.unit, validity_days=priced.validity_days,
        created_by=actor.name, created_at=env.clock.now(),
    )  # fmt: skip


def _attempt(tx: Tx, env: Env, actor: Actor, topup: Topup, method: str, reference: str) -> int:
    now = env.clock.now()
    _require_patience(tx, env, topup.account_id)
    row = Payment(
        public_id=env.ids.public("pay"), account_id=topup.account_id, topup_id=topup.id,
        gateway=METHODS[method].gateway, method=method, reference=reference, total_amount=topup.total_amount,
        currency=topup.currency, created_at=now, changed_at=now, expires_at=now + METHODS[method].lives,
    )  # fmt: skip
    tx.add(row)
    tx.flush()
    timeline.note(tx, env, actor, row, "asked", {"method": method, "amount": topup.total_amount})
    looks.arm(tx, env, row, now + looks.UNANSWERED)
    return cast(int, row.id)


def _require_patience(tx: Tx, env: Env, account_id: int) -> None:
    """Each code that is not paid is watched for two days: one account must not use up the gateway's patience."""
    since = env.clock.now() - _HOUR
    unpaid = select(func.count(), func.min(col(Payment.created_at))).where(
        col(Payment.account_id) == account_id, col(Payment.created_at) > since, col(Payment.status).in_(WATCHED)
    )
    count, oldest = tx.execute(unpaid).one()
    if count >= MOST_UNPAID_PER_HOUR:
        raise TooManyTries(retry_at=(oldest + _HOUR).isoformat(timespec="seconds"))


def _open_twin(tx: Tx, env: Env, account_id: int, wish: RequestTopup) -> Topup | None:
    query = (
        select(Topup)
        .join(Payment, col(Payment.topup_id) == col(Topup.id))
        .where(
            col(Topup.account_id) == account_id, col(Topup.amount) == wish.amount, col(Topup.status) == "open",
            col(Topup.created_at) > env.clock.now() - SAME_WISH, col(Payment.method) == wish.method,
            col(Payment.status).in_(("created", "pending")), col(Payment.expires_at) > env.clock.now(),
        )
        .order_by(col(Topup.id).desc())
    )  # fmt: skip
    return tx.scalars(query.limit(1)).first()


def _own(tx: Tx, account_id: int, ref: str) -> Topup:
    """The purchase, if it is this account's. Foreign and unknown refs answer alike."""
    query = select(Topup).where(col(Topup.public_id) == ref, col(Topup.account_id) == account_id).with_for_update()
    topup = tx.scalars(query).first()
    if topup is None:
        raise NotFound(what="payment")
    return topup


def _last_payment(tx: Tx, topup: Topup) -> Payment:
    return tx.scalars(
        select(Payment).where(col(Payment.topup_id) == topup.id).order_by(col(Payment.id).desc()).limit(1)
    ).one()
