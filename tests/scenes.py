"""Pages that look so only after something happened: one customer lives through it, and the tour goes there after."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser

from tests.journeys.desk import HISTORY, PASSWORD, SETTINGS, TOPUP, Desk, sign_up
from tests.journeys.gateway import Gateway
from tests.stack import Stack
from tests.stops import Stop

ROLE, UNREACHED = "somebody who paid", "somebody unreached"
PATIENCE_MS = 30_000
LIST = "/admin/payments/"


def staged(browser: Browser, stack: Stack) -> list[Stop]:
    """The people are added to the demo's, so that the tour can sign in as they do."""
    with Gateway(stack.sandbox_url) as gateway:
        lost = _somebody(browser, stack, UNREACHED)
        (verification,) = gateway.mails(lost.email)
        gateway.becomes(verification, "bounced")
        desk = _somebody(browser, stack, ROLE)
        refs = {name: live(desk, gateway) for name, live in LIVES.items()}
        desk.goes_to(HISTORY)
        for each in (lost, desk):
            each.page.context.close()
    return [
        Stop("mail-stopped", "/subscription/overview/", UNREACHED),
        Stop("mail-stopped-settings", SETTINGS, UNREACHED),
        *(Stop(f"pay-{name}", f"/pay/{ref}/", ROLE) for name, ref in refs.items()),
        *(Stop(f"row-{name}", f"{HISTORY}?id={refs[name]}", ROLE) for name in ("paid", "partly-refunded", "waiting")),
        Stop("pay-cancel", f"/pay/{refs['waiting']}/", ROLE, ("pay-cancel",)),
        Stop("pay-back-already", f"/pay/{refs['waiting']}/?returned=1", ROLE),
        Stop("pay-of-a-stranger", f"/pay/{refs['waiting']}/"),
        Stop("topup-unfinished", TOPUP, ROLE),
        Stop("history-of-all", HISTORY, ROLE),
        Stop("history-nothing-matches", f"{HISTORY}?q=nothing-of-the-kind", ROLE),
        Stop("history-empty", HISTORY, "newcomer"),
        *(_file(name, refs[name]) for name in ("paid-twice", "review", "disputed")),
        Stop("desk-decide", f"{LIST}?q={refs['paid-twice']}", "finance", ("desk-payment-link", "desk-resolve")),
    ]


def _file(name: str, ref: str) -> Stop:
    return Stop(f"desk-{name}", f"{LIST}?q={ref}", "finance", ("desk-payment-link",))


def _somebody(browser: Browser, stack: Stack, role: str) -> Desk:
    context = browser.new_context(timezone_id="Asia/Jakarta")
    context.set_default_timeout(PATIENCE_MS)
    desk = sign_up(context, stack)
    stack.facts["users"].append({"role": role, "email": desk.email, "password": PASSWORD})
    return desk


def _paid(desk: Desk, gateway: Gateway, method: str = "QRIS", **how: object) -> str:
    ref = desk.asks_for(100_000, method)
    gateway.pay(ref, **how)
    desk.awaits_status("paid", PATIENCE_MS / 1000)
    return ref


def _ended(desk: Desk, method: str, end: Callable[[str], object], status: str) -> str:
    ref = desk.asks_for(50_000, method)
    end(ref)
    desk.awaits_status(status, PATIENCE_MS / 1000)
    return ref


def _late(desk: Desk, gateway: Gateway) -> str:
    ref = _ended(desk, "QRIS", gateway.expire, "expired")
    gateway.pay(ref, after_expiry=True)
    desk.awaits_status("paid", PATIENCE_MS / 1000)
    return ref


def _refunded(desk: Desk, gateway: Gateway, **how: object) -> str:
    ref = _paid(desk, gateway)
    gateway.refund(ref, **how)
    return ref


def _disputed(desk: Desk, gateway: Gateway) -> str:
    ref = _paid(desk, gateway, "DANA")
    gateway.dispute(ref)
    return ref


LIVES: dict[str, Callable[[Desk, Gateway], str]] = {
    "paid": _paid,
    "paid-late": _late,
    "paid-twice": lambda desk, gateway: _paid(desk, gateway, payments=2),
    "refunded": _refunded,
    "partly-refunded": lambda desk, gateway: _refunded(desk, gateway, amount=40_000),
    "disputed": _disputed,
    "failed": lambda desk, gateway: _ended(desk, "DANA", gateway.fail, "failed"),
    "expired": lambda desk, gateway: _ended(desk, "VA_BCA", gateway.expire, "expired"),
    "review": lambda desk, gateway: _ended(desk, "QRIS", lambda ref: gateway.pay(ref, amount=30_000), "review"),
    "waiting": lambda desk, _gateway: desk.asks_for(100_000, "VA_BRI"),
}
