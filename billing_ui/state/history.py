"""The transactions of the account, a page at a time, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.history import HistoryPage, HistoryRow, history
from billing_ui.queries.topups import open_purchases
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.labels import history_row
from billing_ui.state.session import enter


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of postings; purchases without money stand on top of the first."""

    waiting: tuple[HistoryRow, ...]
    page: HistoryPage


class HistoryState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    rows: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    has_newer: rx.Field[bool] = rx.field(False)
    has_older: rx.Field[bool] = rx.field(False)
    _cursors: list[int] = []  # noqa: RUF012 - Reflex copies defaults per tab
    _next: int | None = None

    @rx.event
    @policy("user")
    async def open(self) -> None:
        self._cursors = []
        await self._enter()
        self.ready = True

    @rx.event
    @policy("user")
    async def older(self) -> None:
        if self._next is not None:
            self._cursors = [*self._cursors, self._next]
            await self._enter()

    @rx.event
    @policy("user")
    async def newer(self) -> None:
        self._cursors = self._cursors[:-1]
        await self._enter()

    @rx.event
    @policy("user")
    async def reread(self) -> None:
        """The same page again, for a tab that was hidden."""
        await self._enter()

    async def _enter(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id, before = who.actor.account_id, self._cursors[-1] if self._cursors else None
        await enter(self, {HistoryState: lambda: _read(account_id, before)})

    def _show(self, shown: Shown) -> None:
        self.rows = [history_row(row) for row in (*shown.waiting, *shown.page.rows)]
        self._next = shown.page.next_cursor
        self.has_older = self._next is not None
        self.has_newer = bool(self._cursors)


def _read(account_id: int, before: int | None) -> Shown:
    with runtime.env().db.read() as tx:
        waiting = open_purchases(tx, account_id) if before is None else ()
        return Shown(waiting, history(tx, account_id, before))
