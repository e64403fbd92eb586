"""Payers who want their money back from their bank: opened, looked into, won or lost."""

from datetime import timedelta

from billing_ui.sandbox import news
from billing_ui.sandbox.payments import NotPayableError
from billing_ui.sandbox.records import Dispute
from billing_ui.sandbox.state import Event, PaymentRequest
from billing_ui.sandbox.world import World

ACTS = {"open": "ACTION_REQUIRED", "review": "UNDER_REVIEW", "remind": "DUE_DATE_APPROACHING", "win": "WON",
        "lose": "LOST"}  # fmt: skip
_ANSWER_WITHIN = timedelta(days=7)


def move(world: World, request: PaymentRequest, act: str, amount: int | None = None) -> list[Event]:
    """Of the newest payment. Only one dispute of it is open at a time."""
    paid = next((payment for payment in reversed(request.payments) if payment.status == "SUCCEEDED"), None)
    if paid is None:
        raise NotPayableError(f"{request.reference} was not paid: there is nothing to dispute")
    now = world.clock()
    mine = [each for each in world.books.disputes.values() if each.payment_id == paid.id and each.is_open]
    if (act == "open") == bool(mine):
        raise NotPayableError(f"{request.reference} has {'a' if mine else 'no'} dispute that is open")
    if mine:
        dispute = mine[0]
    else:
        dispute = Dispute(world.ids.named("mi-dspt"), paid.id, amount or paid.amount, now, now, now + _ANSWER_WITHIN)
        world.books.disputes[dispute.id] = dispute
    dispute.status, dispute.updated = ACTS[act], now
    return news.disputed(world, dispute, request)
