"""Acts on what a webhook says: finds whom it means, and asks the gateway itself before anything is believed."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from billing_ui.env import Env
from billing_ui.infra.db import Tx
from billing_ui.models import Capture, Payment
from billing_ui.models.types import JsonMap
from billing_ui.rules.access import system
from billing_ui.rules.errors import GatewayUnavailable
from billing_ui.rules.facts import Wake
from billing_ui.services import disputes, read_backs, refunds, timeline
from billing_ui.services.payments import locked

_TELLS_OF_MONEY = ("payment.", "payment_request.")


def answer(env: Env, wake: Wake, message_id: int) -> str:
    """Reads back and settles; answers what came of it, empty when nobody of ours is meant."""
    payment = _find(env, wake)
    request_id = wake.request_id if payment is None else payment.gateway_request_id or wake.request_id
    if payment is None or request_id is None:
        return refunds.hear(env, system("webhook"), wake.gateway, wake.refund_id) if wake.refund_id else ""
    _note_arrival(env, payment, wake, message_id)
    ids = (wake.gateway_payment_id,) if wake.gateway_payment_id else ()
    if wake.refund_id:
        outcome = refunds.hear(env, system("webhook"), wake.gateway, wake.refund_id)
    else:
        outcome = read_backs.read_back(env, system("webhook"), payment, request_id, ids)
    if wake.dispute and wake.gateway_payment_id:
        outcome = disputes.hear(env, system("webhook"), wake.gateway, wake.gateway_payment_id, wake.dispute)
    # Also when nothing moved: a signal lost in a crash is made good by the next job for the account.
    env.signals.publish(payment.account_id)
    _require_claimed(env, wake)
    return outcome


def _find(env: Env, wake: Wake) -> Payment | None:
    """By our own reference first: the gateway may be heard before its answer to our request was stored."""
    with env.db.read() as tx:
        return _by(tx, wake)


def _by(tx: Tx, wake: Wake) -> Payment | None:
    if wake.reference:
        found = tx.scalars(
            select(Payment).where(col(Payment.reference) == wake.reference, col(Payment.gateway) == wake.gateway)
        ).first()
        if found is not None:
            return found
    if wake.gateway_payment_id:
        known = (
            select(Payment)
            .join(Capture, col(Capture.payment_id) == col(Payment.id))
            .where(col(Capture.gateway) == wake.gateway, col(Capture.gateway_payment_id) == wake.gateway_payment_id)
        )
        found = tx.scalars(known).first()
        if found is not None:
            return found
    if not wake.request_id:
        return None
    query = select(Payment).where(
        col(Payment.gateway_request_id) == wake.request_id, col(Payment.gateway) == wake.gateway
    )
    return tx.scalars(query).first()


def _note_arrival(env: Env, payment: Payment, wake: Wake, message_id: int) -> None:
    """One line in the story for one message, however often its job is tried."""
    assert payment.id is not None
    told: JsonMap = {"event": wake.event, "message": message_id}
    if _claims_money(wake):
        told["money"] = wake.gateway_payment_id
    with env.db.begin() as tx:
        held, _topup = locked(tx, payment.id)
        if told not in timeline.details(tx, held, "webhook"):
            timeline.note(tx, env, system("webhook"), held, "webhook", told)


def _require_claimed(env: Env, wake: Wake) -> None:
    """A claim of money that the gateway does not show us yet is asked about again: money must not be passed over.

    The watch of an unpaid purchase would find it too, but nobody watches one that is paid, for which more came.
    """
    if not _claims_money(wake):
        return
    with env.db.read() as tx:
        seen = select(col(Capture.id)).where(
            col(Capture.gateway) == wake.gateway, col(Capture.gateway_payment_id) == wake.gateway_payment_id
        )
        if tx.scalar(seen) is None:
            raise GatewayUnavailable(reason="CLAIMED_MONEY_NOT_SEEN")


def _claims_money(wake: Wake) -> bool:
    is_claim = wake.claims == "SUCCEEDED" and wake.event.startswith(_TELLS_OF_MONEY)
    return is_claim and wake.gateway_payment_id is not None
