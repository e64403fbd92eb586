"""What can happen to a payment request: made, paid, declined, expired, cancelled. Each act yields the news of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from billing_ui.sandbox import news, qris
from billing_ui.sandbox.channels import Channel
from billing_ui.sandbox.state import LATE, Capture, Event, Payment, PaymentRequest
from billing_ui.sandbox.world import World


class NotPayableError(Exception):
    """The request is closed: paid, failed, expired or cancelled."""


@dataclass(frozen=True, slots=True)
class Order:
    """A checked wish for a payment request."""

    reference: str
    type: str
    channel: Channel
    amount: int | None
    properties: dict[str, Any]
    extras: dict[str, Any]
    expires_at: datetime | None = None
    checkout_id: str = ""


def create(world: World, order: Order) -> PaymentRequest:
    now = world.clock()
    reusable = order.type == "REUSABLE_PAYMENT_CODE"
    request = PaymentRequest(
        id=world.ids.named("pr"),
        reference=order.reference,
        type=order.type,
        channel=order.channel,
        amount=order.amount,
        properties=order.properties,
        extras=order.extras,
        created=now,
        updated=now,
        expires_at=order.expires_at or now + order.channel.lifetime,
        status="ACCEPTING_PAYMENTS" if reusable else "REQUIRES_ACTION",
        method_id=world.ids.named("pm"),
        checkout_id=order.checkout_id,
    )
    request.actions = [_action(world, request, descriptor) for descriptor in order.channel.shows]
    world.books.add(request)
    watch_expiry(world, request)
    if world.scene.day is not None:
        world.scene.day.created(request)
    return request


def pay(
    world: World, request: PaymentRequest, *, amount: int | None = None, payments: int = 1, late: bool = False
) -> list[Event]:
    """Money moves, and the news of it. A late payment leaves the request as it is, as the real one does."""
    now = world.clock()
    paid = amount or request.amount
    if paid is None:
        raise NotPayableError(f"{request.reference} has no amount of its own: say how much is paid")
    if late and request.is_open:
        request.status, request.updated = "EXPIRED", now
    if not request.is_open and not (late and request.status in LATE):
        raise NotPayableError(f"{request.reference} is {request.status}")
    made = [_payment(world, request, "SUCCEEDED") for _ in range(payments)]
    for payment in made:
        payment.captures.append(Capture(world.ids.named("cptr"), paid, now))
        payment.receipt = world.ids.digits(12)
    if request.status == "REQUIRES_ACTION":
        request.status = "SUCCEEDED"
    request.updated = now
    return [event for payment in made for event in news.paid(world, payment, request)]


def fail(world: World, request: PaymentRequest, code: str, *, keep_open: bool = False) -> list[Event]:
    """A declined attempt; it closes the request unless the payer may try the same code again."""
    if not request.is_open:
        raise NotPayableError(f"{request.reference} is {request.status}")
    payment = _payment(world, request, "FAILED")
    payment.failure_code = code
    request.updated = payment.updated
    if not keep_open:
        request.status, request.failure_code = "FAILED", code
    return news.declined(world, payment, request)


def expire(world: World, request: PaymentRequest) -> list[Event]:
    if not request.is_open:
        raise NotPayableError(f"{request.reference} is {request.status}")
    request.status, request.updated = "EXPIRED", world.clock()
    return news.expired(world, request)


def cancel(world: World, request: PaymentRequest) -> None:
    request.status, request.updated = "CANCELED", world.clock()


def watch_expiry(world: World, request: PaymentRequest) -> None:
    """Nobody has to ask: at its own time the request ends and the app is told."""

    async def close() -> None:
        if request.is_open and request.expires_at <= world.clock():
            for event in expire(world, request):
                await world.postman.tell(event)

    world.agenda.at(request.expires_at, close)


def _payment(world: World, request: PaymentRequest, status: str) -> Payment:
    now = world.clock()
    payment = Payment(world.ids.named("py"), request.id, status, now, now)
    request.payments.append(payment)
    world.books.payments[payment.id] = payment
    return payment


def _action(world: World, request: PaymentRequest, descriptor: str) -> dict[str, str]:
    settings = world.settings
    phone = f"{settings.own_url}/phone/{request.id}"
    if descriptor == "QR_STRING":
        value = qris.payload(
            merchant=settings.merchant, nmid=settings.nmid, amount=request.amount, bill=request.id[3:28]
        )
    elif descriptor == "VIRTUAL_ACCOUNT_NUMBER":
        wanted = request.properties.get("virtual_account_number")
        value = wanted or request.channel.bin + world.ids.digits(16 - len(request.channel.bin))
    else:
        value = phone
    kind = "REDIRECT_CUSTOMER" if descriptor.endswith("_URL") else "PRESENT_TO_CUSTOMER"
    return {"type": kind, "descriptor": descriptor, "value": value}
