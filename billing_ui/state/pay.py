"""The pay card: one purchase, its code and its live state. The same state serves the plans hub and /pay/{ref}."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.kit.amount import Amount
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.rules.access import ANONYMOUS
from billing_ui.rules.errors import BillingError, NotFound
from billing_ui.rules.methods import METHODS, obstacle
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import looks, topups
from billing_ui.state import live
from billing_ui.state.feedback import FOCUS_CARD, FOCUS_PHONE, NOTHING, told
from billing_ui.state.labels import worth
from billing_ui.state.payment_labels import payment
from billing_ui.state.session import enter

_CHECK_EVERY_S = 3
_LONGEST_PHONE = 40


class PayState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    found: rx.Field[bool] = rx.field(False)
    card: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    worth: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    others: rx.Field[list[str]] = rx.field(default_factory=list)
    busy: rx.Field[str] = rx.field("")
    is_asking: rx.Field[bool] = rx.field(False)
    is_not_yet: rx.Field[bool] = rx.field(False)
    is_back: rx.Field[bool] = rx.field(False)
    phone: rx.Field[str] = rx.field("")
    wants: rx.Field[str] = rx.field("")
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    _checked_at: float = 0.0

    @rx.event
    @policy("public")
    async def open(self) -> None:
        """The page /pay/{ref}: whoever holds the link sees what is needed to pay. Wallets send people back here."""
        self.is_back = "returned" in self.router.url.query_parameters
        await self._open(self.router.url.path.rstrip("/").rpartition("/")[2])

    @rx.event
    @policy("public")
    async def refresh(self) -> None:
        """A tab that is looked at again, or whose clock ran out, reads the truth once."""
        if self.card:
            await self._open(str(self.card["ref"]), also=True)

    @rx.event
    @policy("public")
    async def check(self) -> AsyncGenerator[Any, None]:
        """“I have paid, check status”: asks the gateway now, at most every few seconds."""
        steady = runtime.env().clock.steady()
        if not self.card or self.busy or steady - self._checked_at < _CHECK_EVERY_S:
            return
        self._checked_at = steady
        async for step in self._act("check", looks.check):
            yield step
        self.is_not_yet = bool(self.card.get("is_open")) and not self.error["code"]

    @rx.event
    @policy("user")
    async def retry(self) -> AsyncGenerator[Any, None]:
        """A new code for the same amount and method; a push goes out again, to the number in the field."""
        async for step in self._act(
            "retry", lambda env, actor, ref: topups.retry(env, actor, ref, None, self._number())
        ):
            yield step
        if self.card.get("is_open") and not self.error["code"]:
            yield FOCUS_CARD

    @rx.event
    @policy("user")
    async def change(self, method: str) -> AsyncGenerator[Any, None]:
        """The same purchase, paid another way. One that asks by phone opens the field for it if no number is known."""
        has_field = self.wants == method
        phone = self._number() if has_field else None
        async for step in self._act("change", lambda env, actor, ref: topups.retry(env, actor, ref, method, phone)):
            yield step
        self.wants = method if self.error["place"] == "phone" else ""
        if self.wants and not has_field:
            # An empty field that has only just appeared is not a mistake yet.
            self.error = dict(NOTHING)
            yield FOCUS_PHONE
        elif not self.error["code"]:
            # The new code stands above the list that it was chosen from.
            yield FOCUS_CARD

    @rx.event
    @policy("user")
    async def type_phone(self, phone: str) -> None:
        self.phone = phone[:_LONGEST_PHONE]

    @rx.event
    @policy("user")
    async def ask_cancel(self) -> None:
        self.is_asking = True

    @rx.event
    @policy("user")
    async def keep(self) -> None:
        self.is_asking = False

    @rx.event
    @policy("user")
    async def cancel(self) -> AsyncGenerator[Any, None]:
        self.is_asking = False
        async for step in self._act("cancel", topups.cancel):
            yield step

    def _number(self) -> str | None:
        return self.phone.strip() or None

    async def _act(self, name: str, use_case: Callable[..., Any]) -> AsyncGenerator[Any, None]:
        if not self.card or self.busy:
            return
        ref = str(self.card["ref"])
        self.busy, self.is_not_yet, self.error = name, False, dict(NOTHING)
        yield
        who = viewer(self)
        try:
            await runtime.run(use_case, runtime.env(), who.actor if who else ANONYMOUS, ref)
        except BillingError as problem:
            self.error = told(problem)
        finally:
            self.busy = ""
        await self._open(ref, also=True, keep_error=True)

    async def _open(self, ref: str, *, also: bool = False, keep_error: bool = False) -> None:
        """Reads the purchase, follows it, and has the gateway watched while this tab is open."""
        who = viewer(self)
        account_id = who.actor.account_id if who else None
        if not keep_error:
            self.busy, self.is_not_yet, self.is_asking, self.error = "", False, False, dict(NOTHING)
            self.phone, self.wants = "", ""
        parts: dict[type[Any], Callable[[], Any]] = {PayState: lambda: read(ref, account_id)}
        await enter(self, parts, topics=(ref,), also=also)
        self.ready = True
        if not self.found:
            return
        if not self.card["member"]:
            owner = await runtime.run(_owner, ref)
            live.follow(self, {owner}, who.session_id if who else "", parts, (ref,), also=also or who is not None)
        await runtime.run(looks.watch, runtime.env(), ref)

    def _show(self, view: PaymentView | None) -> None:
        self.found = view is not None
        self.card = payment(view) if view else {}
        self.worth = worth(view.balance) if view else {}
        self.others = _others(view) if view else []
        if not self.card.get("is_open"):
            self.is_not_yet = self.is_asking = False
        if self.card.get("status") == "paid":
            self.error = dict(NOTHING)


def read(ref: str, account_id: int | None) -> PaymentView | None:
    with runtime.env().db.read() as tx:
        return payment_view(tx, ref, account_id)


def _owner(ref: str) -> int:
    view = read(ref, None)
    if view is None:
        raise NotFound(what="payment")
    return view.account_id


def _others(view: PaymentView) -> list[str]:
    """The other methods that could take this total today."""
    total = Amount(view.total, view.currency)
    return [code for code in METHODS if code != view.method and obstacle(code, total) is None]
