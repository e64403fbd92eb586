"""Money that goes back: what Xendit allows for each channel, and how a refund ends."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from billing_ui.sandbox import news
from billing_ui.sandbox.records import Refund
from billing_ui.sandbox.refusals import RefusedError
from billing_ui.sandbox.state import Event, Payment, PaymentRequest
from billing_ui.sandbox.world import World

REASONS = ("FRAUDULENT", "DUPLICATE", "REQUESTED_BY_CUSTOMER", "CANCELLATION", "OTHERS")
OUTCOMES = {"succeeded": "SUCCEEDED", "failed": "FAILED", "cancelled": "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Terms:
    days: int
    partial: bool = True


# A virtual account knows no way back: such money is paid out by hand.
TERMS = {
    "QRIS": Terms(7),
    "OVO": Terms(14),
    "DANA": Terms(30),
    "LINKAJA": Terms(30, partial=False),
    "SHOPEEPAY": Terms(365),
    "GOPAY": Terms(45),
    "CARDS": Terms(365),
}


@dataclass(frozen=True, slots=True)
class Wish:
    request: PaymentRequest
    reference: str
    reason: str
    amount: int | None = None
    metadata: dict[str, Any] | None = None
    payment_id: str | None = None


def ask(world: World, wish: Wish) -> Refund:
    """A refund that is on its way, or Xendit's no. The newest payment with enough left gives the money back."""
    terms = TERMS.get(wish.request.channel.code)
    if terms is None:
        raise RefusedError(403, "REFUND_NOT_SUPPORTED", f"{wish.request.channel.code} has no refunds by API")
    payment, amount = _payment(world, wish)
    refunds = [refund for refund in world.books.refunds.values() if refund.payment_id == payment.id]
    if any(refund.is_open for refund in refunds):
        raise RefusedError(400, "REFUND_IN_PROGRESS", "another refund of this payment is under way")
    if not terms.partial and amount != payment.amount:
        raise RefusedError(403, "PARTIAL_REFUND_NOT_SUPPORTED", "this channel gives back all or nothing")
    if world.clock() - payment.created > timedelta(days=terms.days):
        raise RefusedError(403, "REFUND_NOT_SUPPORTED", f"the {terms.days} days for a refund are over")
    now = world.clock()
    refund = Refund(
        id=world.ids.named("rfd"),
        payment_id=payment.id,
        request_id=wish.request.id,
        reference=wish.reference,
        amount=amount,
        reason=wish.reason,
        metadata=wish.metadata,
        created=now,
        updated=now,
    )
    world.books.refunds[refund.id] = refund
    return refund


def settle(world: World, refund: Refund, outcome: str, code: str = "REFUND_FAILED") -> list[Event]:
    """The end of a refund and the news of it; one that has ended stays as it is."""
    if not refund.is_open:
        return []
    refund.status, refund.updated = OUTCOMES[outcome], world.clock()
    refund.failure_code = code if outcome == "failed" else None
    return news.refunded(world, refund, world.books.requests[refund.request_id])


def settle_by_mode(world: World, refund: Refund) -> None:
    """A refund that the app asked for ends by itself, as the mode says."""
    if world.modes.refund_outcome == "pending":
        return
    due = world.clock() + timedelta(seconds=world.modes.refund_after_s)
    world.agenda.at(due, partial(_settle_and_tell, world, refund, world.modes.refund_outcome))


def left(world: World, payment: Payment) -> int:
    taken = [r.amount for r in world.books.refunds.values() if r.payment_id == payment.id and r.takes_money]
    return payment.amount - sum(taken)


async def _settle_and_tell(world: World, refund: Refund, outcome: str) -> None:
    for event in settle(world, refund, outcome):
        await world.postman.tell(event)


def _payment(world: World, wish: Wish) -> tuple[Payment, int]:
    wanted = [payment for payment in wish.request.payments if wish.payment_id in {None, payment.id}]
    paid = [payment for payment in reversed(wanted) if payment.status == "SUCCEEDED"]
    if not paid:
        raise RefusedError(404, "DATA_NOT_FOUND", "there is no payment to give back")
    for payment in paid:
        rest = left(world, payment)
        if 0 < (wish.amount or rest) <= rest:
            return payment, wish.amount or rest
    raise RefusedError(400, "REFUND_AMOUNT_EXCEEDED", "more than what is left of the payment")
