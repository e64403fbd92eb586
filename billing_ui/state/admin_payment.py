"""One payment at the operators' desk: its file, kept true while it is open, and asking the gateway about it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.admin_payment import PaymentFile, payment_file
from billing_ui.queries.webhooks import DeliveryView, delivery
from billing_ui.rules.access import Actor
from billing_ui.rules.errors import BillingError
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import inbox, rechecks
from billing_ui.services.rechecks import Rechecked
from billing_ui.state import admin_labels, live
from billing_ui.state.feedback import NOTHING, told
from billing_ui.state.labels import instant
from billing_ui.state.session import enter


class AdminPayment(rx.State):
    """`told` is the last act's outcome in words; `raw` is the one webhook whose body is laid open."""

    ready: rx.Field[bool] = rx.field(False)
    found: rx.Field[bool] = rx.field(False)
    file: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    busy: rx.Field[str] = rx.field("")
    told: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))
    raw: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _account: int = 0

    @rx.event
    @policy("operator", perm="accounts.read")
    async def open(self) -> None:
        self.told, self.error, self.raw, self.busy = {}, dict(NOTHING), {}, ""
        await self._open(self.router.url.path.rstrip("/").rpartition("/")[2])

    @rx.event
    @policy("operator", perm="accounts.read")
    async def refresh(self) -> None:
        if self.found:
            await self._open(str(self.file["facts"]["id"]))

    @rx.event
    @policy("operator", perm="payments.recheck")
    async def recheck(self) -> AsyncGenerator[Any, None]:
        """Asks the gateway now and says what it said."""
        async for step in self._act("recheck", _heard):
            yield step

    @rx.event
    @policy("operator", perm="payments.recheck")
    async def replay(self, message: int) -> AsyncGenerator[Any, None]:
        """Has a stored webhook acted on once more."""
        if message not in [line["id"] for line in self.file.get("webhooks", [])]:
            return
        async for step in self._act(f"replay-{message}", lambda actor, _payment: _replayed(actor, message)):
            yield step

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def show_body(self, message: int) -> None:
        """The bytes of a webhook tell more of a payer than support needs to know."""
        if message in [line["id"] for line in self.file.get("webhooks", [])]:
            found = await runtime.run(_delivery, message)
            self.raw = {"id": message, "body": found.body} if found else {}

    @rx.event
    @policy("operator", perm="payments.resolve")
    async def hide_body(self) -> None:
        self.raw = {}

    async def _act(self, name: str, act: Callable[[Actor, str], dict[str, Any]]) -> AsyncGenerator[Any, None]:
        who = viewer(self)
        if not self.found or self.busy or who is None:
            return
        payment = str(self.file["facts"]["id"])
        self.busy, self.told, self.error = name, {}, dict(NOTHING)
        yield
        try:
            self.told = await runtime.run(act, who.actor, payment)
        except BillingError as problem:
            self.error = told(problem)
        finally:
            self.busy = ""
        await self._open(payment)

    async def _open(self, payment: str) -> None:
        """Reads the file and follows its account, so that news shows by itself."""
        who = viewer(self)
        if who is None:
            return
        parts: dict[type[Any], Callable[[], Any]] = {AdminPayment: lambda: read(payment)}
        await enter(self, parts)
        if self.found:
            live.follow(self, {self._account}, who.session_id, parts, also=True)
        self.ready = True

    def _show(self, found: PaymentFile | None) -> None:
        self.found = found is not None
        self.file = admin_labels.payment_file(found) if found else {}
        self._account = found.account_id if found else 0


def read(payment: str) -> PaymentFile | None:
    with runtime.env().db.read() as tx:
        return payment_file(tx, payment)


def _heard(actor: Actor, payment: str) -> dict[str, Any]:
    done: Rechecked = rechecks.recheck(runtime.env(), actor, payment)
    zone = runtime.env().catalogue.zone
    return {
        "key": f"adm.heard.{done.heard}",
        "args": {
            "before": {"key": f"st.{done.before}"}, "after": {"key": f"st.{done.after}"}, "count": done.captures,
            "at": {"when": instant(done.again_at), "zone": zone},
        },
    }  # fmt: skip


def _replayed(actor: Actor, message: int) -> dict[str, Any]:
    inbox.replay(runtime.env(), actor, message)
    return {"key": "adm.replayed", "args": {"number": str(message)}}


def _delivery(message: int) -> DeliveryView | None:
    with runtime.env().db.read() as tx:
        return delivery(tx, message)
