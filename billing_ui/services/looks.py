"""Asks the gateway what became of a payment, and acts on the answer. The watch of an open page, "check now" and the
sweeper are this one job, so truth arrives even when no webhook does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Payment, Topup
from billing_ui.rules.access import Actor, system
from billing_ui.rules.errors import GatewayError, NotFound
from billing_ui.rules.methods import METHODS
from billing_ui.rules.payments import OPEN_PAGE, WATCHED, Status, Watch, next_look, next_search
from billing_ui.services import budgets, outbox, payments
from billing_ui.services.read_backs import find_lost, read_back, search, search_is_due, status_of

KIND = "payments.look"
# A create call that has not answered by then never will: its outcome is unknown, not failed.
UNANSWERED = timedelta(seconds=20)
_BREATH = timedelta(seconds=2)
# A worker cannot see the open tabs of a web process; it sees when the page was opened.
_JUST_OPENED = timedelta(minutes=1)
# These take one last look, in case more money came for them than their webhooks told.
_SETTLED: frozenset[Status] = frozenset({"paid", "review"})
_SEARCH_AGAIN = timedelta(minutes=10)
_GIVE_UP_SEARCH = timedelta(hours=49)


def arm(tx: Tx, env: Env, payment: Payment, due_at: datetime | None = None) -> None:
    """Makes sure somebody looks at this payment: soon when `due_at` is None, else no later than that."""
    due = env.clock.now() + timedelta(seconds=3) if due_at is None else due_at
    outbox.reschedule(tx, env, KIND, f"look:{payment.public_id}", {"payment": payment.id}, due)


def watch(env: Env, ref: str) -> None:
    """Somebody opened the page of this purchase: look at its newest payment more closely for a while."""
    now = env.clock.now()
    with env.db.begin() as tx:
        payment = newest(tx, ref)
        if payment is None or cast(Status, payment.status) not in WATCHED:
            return
        if payment.watched_at is None or now - payment.watched_at > OPEN_PAGE:
            tx.execute(update(Payment).where(col(Payment.id) == payment.id).values(watched_at=now))
            arm(tx, env, payment)


def newest(tx: Tx, ref: str) -> Payment | None:
    """The latest attempt to pay the purchase with this ref."""
    query = (
        select(Payment)
        .join(Topup, col(Topup.id) == col(Payment.topup_id))
        .where(col(Topup.public_id) == ref)
        .order_by(col(Payment.id).desc())
    )
    return tx.scalars(query.limit(1)).first()


def look(env: Env, payment_id: int) -> datetime | None:
    """One look, by the job. Returns when to look again."""
    with env.db.read() as tx:
        payment = tx.get(Payment, payment_id)
        ref = tx.scalar(
            select(col(Topup.public_id))
            .join(Payment, col(Payment.topup_id) == col(Topup.id))
            .where(col(Payment.id) == payment_id)
        )
    if payment is None or cast(Status, payment.status) not in WATCHED | _SETTLED:
        return None
    now = env.clock.now()
    if payment.gateway_request_id is None:
        return _look_for_lost(env, payment)
    has_just_opened = payment.watched_at is not None and now - payment.watched_at < _JUST_OPENED
    is_awaited = has_just_opened or env.signals.is_watched(ref or "")
    put_off_to = budgets.take(env, payment, is_awaited=is_awaited)
    if put_off_to is not None:
        return put_off_to
    if cast(Status, payment.status) in WATCHED:
        read_back(env, system("look"), payment, payment.gateway_request_id)
        _settle_deadline(env, payment)
    is_searched = search_is_due(env, payment) and search(env, system("look"), payment)
    # Also when nothing moved: a signal lost in a crash is made good by the next job for the account.
    env.signals.publish(payment.account_id)
    status = status_of(env, payment)
    if status not in WATCHED:
        return None if is_searched or now - payment.created_at > _GIVE_UP_SEARCH else now + _SEARCH_AGAIN
    is_open_now = env.signals.is_watched(ref or "")
    watch = Watch(payment.created_at, payment.watched_at, is_open_now, decided_at(payment))
    return next_look(watch, env.clock.now())


def _look_for_lost(env: Env, payment: Payment) -> datetime | None:
    """The gateway's answer never came. Whoever was shown nothing can still have paid: a push needs no code."""
    now = env.clock.now()
    if now - payment.created_at < UNANSWERED:
        return payment.created_at + UNANSWERED
    assert payment.id is not None
    if payments.happened(env, system("look"), payment.id, "unsure") != "unknown":
        return None
    put_off_to = budgets.take(env, payment, is_awaited=False)
    if put_off_to is not None:
        return put_off_to
    if find_lost(env, system("look"), payment):
        return now
    return next_search(payment.created_at, now)


def decided_at(payment: Payment) -> datetime | None:
    """When the gateway surely knows how it ended; None for what stays open until its deadline."""
    after = METHODS[payment.method].decided_after
    return None if after is None else payment.created_at + after


def check(env: Env, actor: Actor, ref: str) -> Status:
    """ "I have paid, check status": the same look, now, for whoever holds the link."""
    with env.db.read() as tx:
        payment = newest(tx, ref)
    if payment is None:
        raise NotFound(what="payment")
    is_lost = payment.gateway_request_id is None
    if cast(Status, payment.status) not in WATCHED or (is_lost and payment.status != "unknown"):
        return cast(Status, payment.status)
    if not _is_first_to_ask(env, payment):
        # Somebody asked a moment ago; asking again would only spend the gateway's patience.
        return cast(Status, payment.status)
    put_off_to = budgets.take(env, payment, is_awaited=True)
    if put_off_to is not None:
        _remember_who_waits(env, payment, put_off_to)
        return cast(Status, payment.status)
    if payment.gateway_request_id is None:
        find_lost(env, actor, payment)
        return status_of(env, payment)
    return read_back(env, actor, payment, payment.gateway_request_id)


def _remember_who_waits(env: Env, payment: Payment, due_at: datetime) -> None:
    """Nobody was asked, so nothing was seen; but the next look at this payment is one that somebody waits for."""
    with env.db.begin() as tx:
        seen = {"looked_at": payment.looked_at, "watched_at": env.clock.now()}
        tx.execute(update(Payment).where(col(Payment.id) == payment.id).values(**seen))
        arm(tx, env, payment, due_at)


def _is_first_to_ask(env: Env, payment: Payment) -> bool:
    """Of all who ask at one moment, one may; also while the gateway does not answer."""
    now = env.clock.now()
    rested = col(Payment.looked_at).is_(None) | (col(Payment.looked_at) <= now - _BREATH)
    asked = update(Payment).where(col(Payment.id) == payment.id, rested).values(looked_at=now)
    with env.db.begin() as tx:
        return tx.execute(asked.returning(col(Payment.id))).first() is not None


def _settle_deadline(env: Env, payment: Payment) -> None:
    """Past our own deadline the code is cancelled where the gateway can, and shown as expired."""
    assert payment.id is not None and payment.gateway_request_id is not None
    is_open = status_of(env, payment) in {"pending", "processing"}
    if not is_open or env.clock.now() < (decided_at(payment) or payment.expires_at):
        return
    try:
        env.gateways[payment.gateway].cancel(payment.gateway_request_id)
    except GatewayError:
        # The next look tries again; money that still arrives is credited as late.
        return
    payments.happened(env, system("deadline"), payment.id, "expired")
