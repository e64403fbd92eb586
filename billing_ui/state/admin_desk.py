"""The operators' desk: who may sit at it, and what waits there."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.admin_numbers import DeskNumbers, desk_numbers
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.admin_labels import numbers
from billing_ui.state.session import enter


class AdminDesk(rx.State):
    """Who looks at the desk. It knows no customer; what a page shows is read by handlers for operators only."""

    ready: rx.Field[bool] = rx.field(False)
    allowed: rx.Field[bool] = rx.field(False)
    may_recheck: rx.Field[bool] = rx.field(False)
    may_resolve: rx.Field[bool] = rx.field(False)
    may_keys: rx.Field[bool] = rx.field(False)

    @rx.event
    @policy("user")
    async def enter(self) -> None:
        """First on every page of the desk. Whoever is no operator is told so, and nothing else happens."""
        await enter(self)
        who = viewer(self)
        self.allowed = who is not None and who.actor.may("accounts.read")
        self.may_recheck = who is not None and who.actor.may("payments.recheck")
        self.may_resolve = who is not None and who.actor.may("payments.resolve")
        self.may_keys = who is not None and who.actor.may("keys.manage")
        self.ready = True


class AdminHome(rx.State):
    """The first page of the desk: a few numbers, each leading to what it counts."""

    ready: rx.Field[bool] = rx.field(False)
    numbers: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @policy("operator", perm="accounts.read")
    async def open(self) -> None:
        self.numbers = numbers(await runtime.run(_read))
        self.ready = True


def _read() -> DeskNumbers:
    env = runtime.env()
    with env.db.read() as tx:
        return desk_numbers(tx, env.clock.now())
