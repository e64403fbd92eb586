"""What a payer does, with the news of it sent to the app: shared by the control API and the phone pages."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from billing_ui.sandbox import payments
from billing_ui.sandbox.bodies import BodyError
from billing_ui.sandbox.state import Event, PaymentRequest
from billing_ui.sandbox.world import World

WAIT_S = 29.5
_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


@dataclass(frozen=True, slots=True)
class PayOptions:
    amount: int | None = None
    times: int = 1
    payments: int = 1
    delay_s: float = 0
    drop_webhook: bool = False
    after_expiry: bool = False


@dataclass(frozen=True, slots=True)
class FailOptions:
    code: str = "USER_DECLINED_PAYMENT"
    keep_open: bool = False


async def pay(world: World, request: PaymentRequest, options: PayOptions) -> None:
    events = payments.pay(world, request, amount=options.amount, payments=options.payments, late=options.after_expiry)
    if not options.drop_webhook:
        await announce(world, events, times=options.times, delay_s=options.delay_s)


async def fail(world: World, request: PaymentRequest, options: FailOptions) -> None:
    await announce(world, [payments.fail(world, request, options.code, keep_open=options.keep_open)])


async def expire(world: World, request: PaymentRequest) -> None:
    await announce(world, [payments.expire(world, request)])


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


def read_pay(body: Mapping[str, object]) -> PayOptions:
    _only(body, {"amount", "times", "payments", "delay_s", "drop_webhook", "after_expiry"})
    amount = body.get("amount")
    return PayOptions(
        amount=None if amount is None else _whole("amount", amount, 1, 10**12),
        times=_whole("times", body.get("times", 1), 1, 500),
        payments=_whole("payments", body.get("payments", 1), 1, 50),
        delay_s=_seconds(body.get("delay_s", 0)),
        drop_webhook=_flag("drop_webhook", body),
        after_expiry=_flag("after_expiry", body),
    )


def read_fail(body: Mapping[str, object]) -> FailOptions:
    _only(body, {"code", "keep_open"})
    code = body.get("code", FailOptions().code)
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise BodyError("code must be an upper-case failure code such as INSUFFICIENT_BALANCE")
    return FailOptions(code, _flag("keep_open", body))


def _only(body: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(body.keys() - known)
    if unknown:
        raise BodyError(f"unknown field {unknown[0]!r}")


def _whole(name: str, value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BodyError(f"{name} must be a whole number from {least} to {most}")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 86_400:
        raise BodyError("delay_s must be a number from 0 to 86400")
    return float(value)


def _flag(name: str, body: Mapping[str, object]) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise BodyError(f"{name} must be true or false")
    return value
