"""The pay card: one purchase, its code and its live state. The same state serves the plans hub and /pay/{ref}."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.payment import PaymentView, payment_view
from billing_ui.rules.access import ANONYMOUS
from billing_ui.rules.errors import BillingError
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import looks, topups
from billing_ui.state import live
from billing_ui.state.feedback import told
from billing_ui.state.labels import payment
from billing_ui.state.session import enter


class PayState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    card: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    found: rx.Field[bool] = rx.field(False)
    busy: rx.Field[str] = rx.field("")
    notice: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    ref_asked: rx.Field[str] = rx.field("")

    @rx.event
    @policy("public")
    async def open(self) -> None:
        """The page /pay/{ref}: whoever holds the link sees what is needed to pay."""
        await self._show_ref(str(self.router.url.path.rstrip("/").rpartition("/")[2]))
        self.ready = True

    @rx.event
    @policy("public")
    async def check(self) -> AsyncGenerator[Any, None]:
        """“I have paid, check status”: ask the gateway now."""
        if not self.card or self.busy:
            return
        self.busy, self.notice, self.error = "check", {}, {}
        yield
        who = viewer(self)
        try:
            await runtime.run(looks.check, runtime.env(), who.actor if who else ANONYMOUS, self.card["ref"])
        except BillingError as problem:
            self.error = told(problem)
        await self._show_ref(self.card["ref"])
        self.busy = ""
        if self.card.get("status") in {"created", "pending", "processing", "unknown"} and not self.error:
            self.notice = {"key": "pay.notyet"}

    @rx.event
    @policy("user")
    async def retry(self) -> AsyncGenerator[Any, None]:
        """A new code for the same amount and method."""
        async for step in self._act("retry", topups.retry):
            yield step

    @rx.event
    @policy("user")
    async def cancel(self) -> AsyncGenerator[Any, None]:
        async for step in self._act("cancel", topups.cancel):
            yield step

    async def _act(self, name: str, use_case: Any) -> AsyncGenerator[Any, None]:
        who = viewer(self)
        if who is None or not self.card or self.busy:
            return
        self.busy, self.notice, self.error = name, {}, {}
        yield
        try:
            await runtime.run(use_case, runtime.env(), who.actor, self.card["ref"])
        except BillingError as problem:
            self.error = told(problem)
        await self._show_ref(self.card["ref"])
        self.busy = ""

    async def _show_ref(self, ref: str) -> None:
        """Reads the purchase, follows it, and has the gateway watched while this tab is open."""
        who = viewer(self)
        account_id = who.actor.account_id if who else None
        await enter(self, {PayState: lambda: _read(ref, account_id)}, topics=(ref,))
        if who is None and self.found:
            owner = await runtime.run(_owner, ref)
            live.follow(self, owner, "", {PayState: lambda: _read(ref, None)}, topics=(ref,))
        if self.found:
            await runtime.run(looks.watch, runtime.env(), ref)

    def _show(self, view: PaymentView | None) -> None:
        self.found = view is not None
        self.card = payment(view) if view else {}
        if self.card.get("status") == "paid":
            self.notice, self.error = {}, {}


def _read(ref: str, account_id: int | None) -> PaymentView | None:
    with runtime.env().db.read() as tx:
        return payment_view(tx, ref, account_id)


def _owner(ref: str) -> int:
    view = _read(ref, None)
    return view.account_id if view else 0
