"""The operators' list of payments as the address asks for it; every filter and page of it is an address."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.admin_payments import PaymentPage, listed
from billing_ui.rules import payment_lists as rules
from billing_ui.rules.payment_lists import PaymentWish
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.admin_labels import payment_row

PATH = "/admin/payments/"
Filter = Literal["status", "method", "gateway", "from", "to", "per"]
_CHIPS = ("q", "status", "method", "gateway", "from", "to")


class AdminPayments(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    ask: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    chips: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    links: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    _query: dict[str, str] = {}  # noqa: RUF012 - Reflex copies defaults per tab

    @rx.event
    @policy("operator", perm="accounts.read")
    async def open(self) -> None:
        """As the address says, so that a link and a reload show the same."""
        self._query = rules.told(rules.wish(dict(self.router.url.query_parameters)))
        await self._list()
        self.ready = True

    @rx.event
    @policy("operator", perm="accounts.read")
    async def find(self, q: str) -> Any:
        """While somebody types the address follows, without leaving a trail for the back button."""
        return self._go(self._changed(q=q), replace=True)

    @rx.event
    @policy("operator", perm="accounts.read")
    async def narrow(self, name: Filter, value: str) -> Any:
        return self._go(self._changed(**{name: value}))

    @rx.event
    @policy("operator", perm="accounts.read")
    async def reread(self) -> None:
        """The same page again, for a tab that was hidden."""
        await self._list()

    def _go(self, wanted: PaymentWish, *, replace: bool = False) -> Any:
        """A second filter may be chosen before the address of the first is there."""
        if wanted == self._changed():
            return None
        self._query = rules.told(wanted)
        return rx.redirect(_address(wanted), replace=replace)

    def _wish(self) -> PaymentWish:
        return rules.wish(self._query)

    def _changed(self, **said: str) -> PaymentWish:
        """Another filter begins at the first page."""
        return rules.wish({**self._query, "after": "", "before": "", **said})

    async def _list(self) -> None:
        who = viewer(self)
        if who is None:
            return
        page = await runtime.run(_read, self._wish(), who.account.zone)
        self.rows = [payment_row(row) for row in page.rows]
        self.ask = {**dict.fromkeys(_CHIPS, ""), "per": str(self._wish().ask.per), **self._query}
        self.chips = [
            {"name": name, "value": self.ask[name], "href": _address(self._changed(**{name: ""}))}
            for name in _CHIPS
            if self.ask[name]
        ]
        self.links = {
            "all": _address(rules.wish({"per": self.ask["per"]})),
            "first": _address(self._changed()) if page.has_newer else "",
            "newer": _address(self._changed(before=page.rows[0].id)) if page.has_newer and page.rows else "",
            "older": _address(self._changed(after=page.rows[-1].id)) if page.has_older and page.rows else "",
        }


def _address(wanted: PaymentWish) -> str:
    return PATH + rules.address(wanted)


def _read(wanted: PaymentWish, zone: str) -> PaymentPage:
    env = runtime.env()
    with env.db.read() as tx:
        return listed(tx, wanted, env.clock.now(), zone)
