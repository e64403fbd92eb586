"""The operators' list of payments: what the address asks for, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.admin_payments import PaymentPage, listed
from billing_ui.rules import payment_lists as rules
from billing_ui.rules.payment_lists import PaymentWish
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.admin_labels import payment_row

Filter = Literal["status", "method", "gateway", "from", "to", "per"]


class AdminPayments(rx.State):
    """`wish` is what the address says, `typed` grows when the days must forget what was typed into them."""

    ready: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    wish: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    query: rx.Field[str] = rx.field("")
    typed: rx.Field[int] = rx.field(0)
    is_narrowed: rx.Field[bool] = rx.field(False)
    has_newer: rx.Field[bool] = rx.field(False)
    has_older: rx.Field[bool] = rx.field(False)

    @rx.event
    @policy("operator", perm="accounts.read")
    async def open(self) -> None:
        """As the address says, so that a link and a reload show the same."""
        self.typed += 1
        await self._list(rules.wish(dict(self.router.url.query_parameters)))
        self.ready = True

    @rx.event
    @policy("operator", perm="accounts.read")
    async def find(self, q: str) -> None:
        await self._list(self._changed(q=q))

    @rx.event
    @policy("operator", perm="accounts.read")
    async def narrow(self, name: Filter, value: str) -> None:
        await self._list(self._changed(**{name: value}))

    @rx.event
    @policy("operator", perm="accounts.read")
    async def clear(self) -> None:
        self.typed += 1
        await self._list(rules.wish({"per": self.wish.get("per", "")}))

    @rx.event
    @policy("operator", perm="accounts.read")
    async def older(self) -> None:
        if self.has_older and self.rows:
            await self._list(replace(rules.wish(self.wish), after=str(self.rows[-1]["id"]), before=""))

    @rx.event
    @policy("operator", perm="accounts.read")
    async def newer(self) -> None:
        if self.has_newer and self.rows:
            await self._list(replace(rules.wish(self.wish), before=str(self.rows[0]["id"]), after=""))

    @rx.event
    @policy("operator", perm="accounts.read")
    async def reread(self) -> None:
        """The same page again, for a tab that was hidden."""
        await self._list(rules.wish(self.wish))

    def _changed(self, **said: str) -> PaymentWish:
        """Another filter begins at the first page."""
        return rules.wish({**self.wish, "after": "", "before": "", **said})

    async def _list(self, wanted: PaymentWish) -> None:
        who = viewer(self)
        if who is None:
            return
        page = await runtime.run(_read, wanted, who.account.zone)
        self.rows = [payment_row(row) for row in page.rows]
        self.wish, self.query = rules.told(wanted), rules.address(wanted)
        self.is_narrowed, self.has_newer, self.has_older = wanted.is_narrowed, page.has_newer, page.has_older


def _read(wanted: PaymentWish, zone: str) -> PaymentPage:
    env = runtime.env()
    with env.db.read() as tx:
        return listed(tx, wanted, env.clock.now(), zone)
