"""Asks the gateway what it holds for a payment, all of it, and settles what the answer says."""

from __future__ import annotations

import logging
from typing import cast

from sqlalchemy import select, update
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.models import Capture, Payment
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import GatewayError, NotFound
from billing_ui.rules.facts import RequestState, RequestStatus
from billing_ui.rules.payments import Happening, Status
from billing_ui.services import payments, timeline

_HAPPENING: dict[RequestState, Happening] = {
    "open": "opened", "failed": "failed", "expired": "expired", "canceled": "canceled",
}  # fmt: skip
# Each is one more question to the gateway; nobody pays one code so often.
_MOST_NAMED = 10
log = logging.getLogger(__name__)


def read_back(env: Env, actor: Actor, payment: Payment, request_id: str, payment_ids: tuple[str, ...] = ()) -> Status:
    """What the gateway says now, outside any transaction; then its money settled and its state noted.

    `request_id` may come from a webhook before the gateway's own answer was stored; it is kept only once the gateway
    itself has said that it belongs to this purchase.
    """
    assert payment.id is not None
    named = tuple(dict.fromkeys((*payment_ids, *_told_by_webhooks(env, payment))))
    answer = env.gateways[payment.gateway].status(request_id, named)
    env.failpoint("look.answered")
    if answer.reference != payment.reference:
        # A request id that belongs to another purchase proves nothing about this one.
        raise NotFound(what="payment")
    if payment.gateway_request_id is None:
        unknown = (col(Payment.id) == payment.id) & col(Payment.gateway_request_id).is_(None)
        with env.db.begin() as tx:
            tx.execute(update(Payment).where(unknown).values(gateway_request_id=request_id))
    return apply(env, actor, payment.id, answer)


def apply(env: Env, actor: Actor, payment_id: int, answer: RequestStatus) -> Status:
    """Acts on an answer: every capture settled, else the state moved. Settled twice is settled once."""
    status: Status | None = None
    for captured in answer.captures:
        status = payments.settle(env, actor, payment_id, captured).status
    if status is not None:
        return status
    happening = _HAPPENING.get(answer.state)
    with env.db.begin() as tx:
        tx.execute(update(Payment).where(col(Payment.id) == payment_id).values(looked_at=env.clock.now()))
    if happening is None:
        return _status(env, payment_id)
    return payments.happened(env, actor, payment_id, happening, answer.failure_code)


def search_is_due(env: Env, payment: Payment) -> bool:
    """The gateway's own list is read sparingly: once money has come, or once no more should."""
    return status_of(env, payment) in {"paid", "review"} or env.clock.now() >= payment.expires_at


def search(env: Env, actor: Actor, payment: Payment) -> bool:
    """Settles money that the gateway lists under our reference and that nobody told us of. False: not to be read now.

    A request names its latest payment only; of two, both may have come without a webhook.
    """
    assert payment.gateway_request_id is not None
    gateway = env.gateways[payment.gateway]
    try:
        listed = gateway.payments_under(payment.reference)
        missing = _not_booked(env, payment, listed)
        if missing:
            read_back(env, actor, payment, payment.gateway_request_id, missing)
    except GatewayError as error:
        log.warning("more money for %s could not be looked for: %s", payment.public_id, error)
        return False
    return True


def find_lost(env: Env, actor: Actor, payment: Payment) -> bool:
    """A request whose answer never reached us is found by the money that came under its reference, if any did."""
    gateway = env.gateways[payment.gateway]
    try:
        for payment_id in gateway.payments_under(payment.reference):
            request_id = gateway.request_of(payment_id)
            if request_id is not None:
                read_back(env, actor, payment, request_id, (payment_id,))
                return True
    except GatewayError as error:
        log.warning("the lost request of %s could not be looked for: %s", payment.public_id, error)
    return False


def status_of(env: Env, payment: Payment) -> Status:
    """How it stands now, whatever the row in hand says."""
    assert payment.id is not None
    return _status(env, payment.id)


def _status(env: Env, payment_id: int) -> Status:
    with env.db.read() as tx:
        return cast(Status, tx.scalar(select(col(Payment.status)).where(col(Payment.id) == payment_id)))


def _told_by_webhooks(env: Env, payment: Payment) -> tuple[str, ...]:
    """Payments that webhooks have claimed for this request, as long as they are not in the books."""
    with env.db.read() as tx:
        lines = timeline.details(tx, payment, "webhook")
    told = dict.fromkeys(str(line["money"]) for line in lines if line.get("money"))
    return _not_booked(env, payment, tuple(told))[-_MOST_NAMED:]


def _not_booked(env: Env, payment: Payment, payment_ids: tuple[str, ...]) -> tuple[str, ...]:
    if not payment_ids:
        return ()
    known = select(col(Capture.gateway_payment_id)).where(
        col(Capture.gateway) == payment.gateway, col(Capture.gateway_payment_id).in_(payment_ids)
    )
    with env.db.read() as tx:
        booked = set(tx.scalars(known))
    return tuple(payment_id for payment_id in payment_ids if payment_id not in booked)
