"""What a payer does, with the news of it sent to the app: shared by the control API and the phone pages."""

import asyncio
from datetime import timedelta
from functools import partial

from billing_ui.sandbox import payments, refunds
from billing_ui.sandbox.state import Event, PaymentRequest
from billing_ui.sandbox.wishes import FailOptions, PayOptions, RefundOptions
from billing_ui.sandbox.world import World

WAIT_S = 29.5


async def pay(world: World, request: PaymentRequest, options: PayOptions) -> None:
    events = payments.pay(world, request, amount=options.amount, payments=options.payments, late=options.after_expiry)
    if not options.drop_webhook:
        await announce(world, events, times=options.times, delay_s=options.delay_s)


async def fail(world: World, request: PaymentRequest, options: FailOptions) -> None:
    await announce(world, payments.fail(world, request, options.code, keep_open=options.keep_open))


async def expire(world: World, request: PaymentRequest) -> None:
    await announce(world, payments.expire(world, request))


async def refund(world: World, request: PaymentRequest, options: RefundOptions) -> None:
    """With `after_s` it stays on its way until the sandbox's clock is that far."""
    wish = refunds.Wish(request, world.ids.uuid(), "REQUESTED_BY_CUSTOMER", options.amount, None, options.payment_id)
    made = refunds.ask(world, wish)

    async def end() -> None:
        told = refunds.settle(world, made, options.outcome, options.code)
        if not options.drop_webhook:
            await announce(world, told, times=options.times)

    if options.outcome != "pending" and options.after_s:
        world.agenda.at(world.clock() + timedelta(seconds=options.after_s), end)
    elif options.outcome != "pending":
        await end()


async def announce(world: World, events: list[Event], *, times: int = 1, delay_s: float = 0) -> None:
    """Returns when the first deliveries were answered or refused, or after half a minute; they go on regardless."""
    told = [asyncio.Event() for _ in events]

    async def tell(event: Event, done: asyncio.Event) -> None:
        try:
            await world.postman.tell(event, times)
        finally:
            done.set()

    for event, done in zip(events, told, strict=True):
        if delay_s:
            world.agenda.at(world.clock() + timedelta(seconds=delay_s), partial(tell, event, done))
        else:
            world.agenda.start(partial(tell, event, done))
    try:
        await asyncio.wait_for(asyncio.gather(*(done.wait() for done in told)), WAIT_S)
    except TimeoutError:
        return


def announce_later(world: World, events: list[Event]) -> None:
    """For an answer that must not wait until the app has heard."""
    for event in events:
        world.agenda.start(partial(world.postman.tell, event))
