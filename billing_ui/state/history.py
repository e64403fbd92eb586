"""The transactions of the account as the address asks for them; every filter, page and open row is an address."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx
from sqlalchemy.exc import SQLAlchemyError

from billing_ui import runtime
from billing_ui.infra.db import Tx
from billing_ui.kit.period import local_day, local_instant
from billing_ui.queries.balance import as_of
from billing_ui.queries.history import CHOICES, HistoryPage, history
from billing_ui.queries.history_detail import HistoryDetail, history_detail
from billing_ui.queries.payment_stats import PaymentStats, payment_stats
from billing_ui.rules.lists import ListAsk, address, changed, query_of, read_ask, span_of
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.history_labels import PATH, detail, history_row, stats
from billing_ui.state.labels import instant, worth
from billing_ui.state.session import enter

EXPORT = "/export/history.csv"
_LONGEST_ID = 300
_CHIPS = ("q", "type", "status", "method", "from", "to")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows at one moment."""

    page: HistoryPage
    detail: HistoryDetail | None
    stats: PaymentStats


class HistoryState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    failed: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    ask: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    chips: rx.Field[list[dict[str, str]]] = rx.field(default_factory=list)
    links: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    detail: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    stats: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    then: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _query: dict[str, str] = {}  # noqa: RUF012 - Reflex copies defaults per tab
    _row: str = ""

    @rx.event
    @policy("user")
    async def open(self) -> None:
        query: Mapping[str, str] = self.router.url.query_parameters
        self._query = query_of(read_ask(query, CHOICES))
        self._row = query.get("id", "")[:_LONGEST_ID]
        await self._enter()
        self.ready = True

    @rx.event
    @policy("user")
    async def reread(self) -> None:
        """The same page again, for a tab that was hidden or could not be filled."""
        await self._enter()

    @rx.event
    @policy("user")
    async def search(self, q: str) -> Any:
        """While somebody types the address follows, without leaving a trail for the back button."""
        return self._go(changed(self._ask(), CHOICES, q=q), replace=True)

    @rx.event
    @policy("user")
    async def narrow(self, name: Literal["type", "status", "method", "from", "to", "per"], value: str) -> Any:
        return self._go(changed(self._ask(), CHOICES, **{name: value}))

    @rx.event
    @policy("user")
    async def close(self) -> Any:
        """The row is closed; the list behind it is where it was."""
        return rx.redirect(address(PATH, self._ask()), replace=True)

    @rx.event
    @policy("user")
    async def look_back(self, moment: str) -> None:
        """The balance as it stood at a moment on the account's clock; of the future it is the one of now."""
        who = viewer(self)
        if who is None or who.actor.account_id is None or not moment:
            self.then = {}
            return
        try:
            wall = datetime.fromisoformat(moment)
            at = min(local_instant(wall, who.account.zone), runtime.env().clock.now())
        except (ValueError, OverflowError):
            self.then = {}
            return
        tokens = await runtime.run(_balance_at, who.actor.account_id, at)
        self.then = {"at": instant(at), "tokens": tokens, "worth": worth(tokens), "asked": moment}

    def _go(self, wanted: ListAsk, *, replace: bool = False) -> Any:
        """A second filter may be chosen before the address of the first is there."""
        if wanted == changed(self._ask(), CHOICES):
            return None
        self._query = query_of(wanted)
        return rx.redirect(address(PATH, wanted), replace=replace)

    def _ask(self) -> ListAsk:
        return read_ask(self._query, CHOICES)

    async def _enter(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id, zone, ask, row = who.actor.account_id, who.account.zone, self._ask(), self._row
        try:
            await enter(self, {HistoryState: lambda: _read(account_id, zone, ask, row)})
            self.failed = False
        except SQLAlchemyError:
            log.exception("a history could not be read")
            self.failed = True

    def _show(self, shown: Shown) -> None:
        ask = self._ask()
        self.rows = [history_row(row, lambda row_id: address(PATH, ask, id=row_id)) for row in shown.page.rows]
        self.ask = {"q": "", "type": "", "status": "", "method": "", "from": "", "to": "", "per": str(ask.per)}
        self.ask.update(query_of(ask))
        self.chips = [
            {"name": name, "value": self.ask[name], "href": address(PATH, changed(ask, CHOICES, **{name: ""}))}
            for name in _CHIPS
            if self.ask[name]
        ]
        first = changed(ask, CHOICES)
        pages = {"newer": shown.page.newer, "older": shown.page.older}
        self.links = {
            "first": address(PATH, first) if shown.page.newer else "",
            # The browser knows the reader's language, and puts it behind.
            "export": f"{EXPORT}?{urlencode({**query_of(first), 'lang': ''})}",
            **{way: address(PATH, changed(ask, CHOICES, page=page)) if page else "" for way, page in pages.items()},
        }
        self.detail = {"missing": True} if self._row else {}
        if shown.detail is not None:
            self.detail = detail(shown.detail)
        self.stats = stats(shown.stats)


def _read(account_id: int, zone: str, ask: ListAsk, row: str) -> Shown:
    env = runtime.env()
    with env.db.read() as tx:
        return Shown(
            history(tx, account_id, ask, zone),
            history_detail(tx, account_id, row) if row else None,
            _stats(tx, account_id, zone, ask),
        )


def _stats(tx: Tx, account_id: int, zone: str, ask: ListAsk) -> PaymentStats:
    first, last = span_of(ask.first_on, ask.last_on, local_day(runtime.env().clock.now(), zone))
    return payment_stats(tx, account_id, min(first, last), last, zone)


def _balance_at(account_id: int, at: datetime) -> int:
    with runtime.env().db.read() as tx:
        return as_of(tx, account_id, at).balance
