"""Asking for a top-up, again, another way, or not at all: the wish is stored, then the gateway is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.kit.amount import Amount
from billing_ui.models import Payment, Topup
from billing_ui.queries.topups import last_phone
from billing_ui.rules.access import Actor, require_account
from billing_ui.rules.errors import FieldInvalid, MethodUnavailable, NotCancelable, NotFound, NotPayable
from billing_ui.rules.methods import METHODS, obstacle
from billing_ui.rules.payments import UNDECIDED, Status
from billing_ui.rules.phones import mobile, payer_phone
from billing_ui.services import asking, payments, read_backs, wishes
from billing_ui.services.wishes import RequestTopup

__all__ = ["RequestTopup", "cancel", "request", "request_once", "retry"]

# Terms are frozen when they are asked for, but nobody may keep last year's price in a drawer.
TERMS_STAND = timedelta(days=7)


def request(env: Env, actor: Actor, wish: RequestTopup) -> str:
    """Returns the ref of the purchase, payable or already being made payable. Safe to repeat with the same key."""
    return request_once(env, actor, wish)[0]


def request_once(env: Env, actor: Actor, wish: RequestTopup) -> tuple[str, bool]:
    """`request`, which also tells whether the purchase was made just now."""
    account_id = require_account(actor)
    wish = replace(wish, phone=payer_phone(wish.method, wish.phone))
    if not 8 <= len(wish.form_key) <= 80:
        raise FieldInvalid(field="form_key", why="length")
    try:
        ref, payment_id = wishes.place(env, actor, account_id, wish)
    except IntegrityError:
        # Two clicks at once: the other one stored the purchase a moment ago.
        ref, payment_id = wishes.place(env, actor, account_id, wish)
    env.failpoint("topup.stored")
    if payment_id is not None:
        asking.ask(env, actor, payment_id)
    return ref, payment_id is not None


def retry(env: Env, actor: Actor, ref: str, method: str | None = None, phone: str | None = None) -> str:
    """A new attempt to pay the same purchase at the same terms; the old code no longer counts."""
    account_id = require_account(actor)
    with env.db.read() as tx:
        last = _last_payment(tx, _own(tx, account_id, ref))
    if METHODS[last.method].action == "push" and not _stands(env, last, method, phone):
        # Whoever approves two requests on the phone pays twice, so the first one is closed before there is a second.
        asking.withdraw(env, actor, last)
    with env.db.begin() as tx:
        topup = _own(tx, account_id, ref)
        if topup.status not in {"open", "void"}:
            raise NotPayable(status=topup.status)
        if env.clock.now() - topup.created_at > TERMS_STAND:
            raise NotPayable(status="expired")
        last = _last_payment(tx, topup)
        if _stands(env, last, method, phone):
            return ref
        chosen = method or last.method
        why = obstacle(chosen, Amount(topup.total_amount, topup.currency))
        if why is not None:
            raise MethodUnavailable(method=chosen, why=why)
        asked = payer_phone(chosen, phone or last.payer_phone or last_phone(tx, account_id))
        topup.status = "open"
        number = tx.scalar(select(func.count()).select_from(Payment).where(col(Payment.topup_id) == topup.id)) or 0
        payment_id = asking.attempt(tx, env, actor, topup, chosen, f"{ref}~{number + 1}", asked)
    asking.ask(env, actor, payment_id)
    asking.withdraw(env, actor, last)
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
        now = read_backs.read_back(env, actor, payment, payment.gateway_request_id)
        if now not in UNDECIDED:
            raise NotCancelable(status=now)
        env.gateways[payment.gateway].cancel(payment.gateway_request_id)
    payments.give_up(env, actor, payment.id)


def _stands(env: Env, last: Payment, method: str | None, phone: str | None) -> bool:
    """Whether the last attempt is still what is wished for: the same way, the same phone, and not run out."""
    is_alive = cast(Status, last.status) in {"created", "pending", "processing"} and env.clock.now() < last.expires_at
    return is_alive and method in {None, last.method} and (phone is None or mobile(phone) == last.payer_phone)


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
