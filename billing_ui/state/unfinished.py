"""Calling off the purchase that still waits, from where a new one is chosen."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.rules.errors import BillingError
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import topups
from billing_ui.state.feedback import NOTHING, told
from billing_ui.state.topup import TopupState, read


class UnfinishedState(rx.State):
    is_asking: rx.Field[bool] = rx.field(False)
    busy: rx.Field[bool] = rx.field(False)
    error: rx.Field[dict[str, Any]] = rx.field(default_factory=lambda: dict(NOTHING))

    @rx.event
    @policy("user")
    async def ask(self) -> None:
        self.is_asking, self.error = True, dict(NOTHING)

    @rx.event
    @policy("user")
    async def keep(self) -> None:
        self.is_asking = False

    @rx.event
    @policy("user")
    async def cancel(self) -> AsyncGenerator[Any, None]:
        """What was paid in the meantime is not called off: the card goes, the balance has grown."""
        self.is_asking = False
        form = await self.get_state(TopupState)
        who = viewer(self)
        ref = str(form.unfinished.get("ref", ""))
        if who is None or who.actor.account_id is None or not ref or self.busy:
            return
        self.busy = True
        yield
        try:
            await runtime.run(topups.cancel, runtime.env(), who.actor, ref)
        except BillingError as problem:
            self.error = told(problem)
        finally:
            self.busy = False
        form._show(await runtime.run(read, who.actor.account_id))
