"""Sessions and invoices: made, paid through a channel of the payer's choice, expired or cancelled."""

from dataclasses import replace
from functools import partial

from billing_ui.sandbox import news, payments
from billing_ui.sandbox.channels import CHANNELS
from billing_ui.sandbox.payments import NotPayableError, Order
from billing_ui.sandbox.records import Checkout
from billing_ui.sandbox.state import Event
from billing_ui.sandbox.world import World


def open_one(world: World, checkout: Checkout) -> None:
    world.books.checkouts[checkout.id] = checkout
    world.agenda.at(checkout.expires_at, partial(_run_out, world, checkout))


def pay(world: World, checkout: Checkout, channel: str, amount: int | None = None) -> list[Event]:
    if not checkout.is_open:
        raise NotPayableError(f"{checkout.reference} is {checkout.status}")
    if channel not in checkout.channels:
        raise NotPayableError(f"{checkout.reference} does not take {channel}")
    order = Order(checkout.reference, "PAY", CHANNELS[channel], checkout.amount, {}, checkout.extras)
    request = payments.create(world, replace(order, checkout_id=checkout.id))
    checkout.request_id, checkout.updated = request.id, world.clock()
    checkout.status = "COMPLETED" if checkout.kind == "session" else "PAID"
    told = payments.pay(world, request, amount=amount)
    checkout.payment_ids = [payment.id for payment in request.payments]
    return [*told, *news.session_ended(world, checkout, request)] if checkout.kind == "session" else told


def expire(world: World, checkout: Checkout) -> list[Event]:
    if not checkout.is_open:
        raise NotPayableError(f"{checkout.reference} is {checkout.status}")
    checkout.status, checkout.updated = "EXPIRED", world.clock()
    if checkout.kind == "session":
        return news.session_ended(world, checkout, None)
    return [news.invoice_expired(world, checkout)]


def cancel(world: World, checkout: Checkout) -> None:
    checkout.status, checkout.updated = "CANCELED", world.clock()


async def _run_out(world: World, checkout: Checkout) -> None:
    if checkout.is_open and checkout.expires_at <= world.clock():
        for event in expire(world, checkout):
            await world.postman.tell(event)
