"""The look back at use as the address asks for it; every range, grouping, filter and page is an address."""

from __future__ import annotations

import logging
from typing import Any, Literal
from urllib.parse import urlencode

import reflex as rx
from sqlalchemy.exc import SQLAlchemyError

from billing_ui import runtime
from billing_ui.kit.period import local_day
from billing_ui.queries.usage_explore import ExploreView, explore
from billing_ui.rules.usage_lists import (
    GROUPS,
    PER,
    PRESETS,
    UsageAsk,
    address,
    changed,
    days_of,
    page_of,
    query_of,
    read_ask,
)
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.state.session import enter, fill
from billing_ui.state.tabs import Read
from billing_ui.state.usage_explore_labels import explored

PATH = "/usage/explore/"
EXPORT = "/export/usage.csv"
_CHIPS = ("meter", "op", "model", "from", "to")
log = logging.getLogger(__name__)


class UsageExploreState(rx.State):
    """`ways` are the addresses that lead on from here; `shown` is what the days hold."""

    ready: rx.Field[bool] = rx.field(False)
    failed: rx.Field[bool] = rx.field(False)
    ask: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    chips: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    ways: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    shown: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    _query: dict[str, str] = {}  # noqa: RUF012 - Reflex copies defaults per tab

    @rx.event
    @policy("user")
    async def open(self) -> None:
        self._query = query_of(read_ask(self.router.url.query_parameters))
        await self._enter()
        self.ready = True

    @rx.event
    @policy("user")
    async def reread(self) -> None:
        """The same page again, for a tab that was hidden or could not be filled."""
        await self._enter()

    @rx.event
    @policy("user")
    async def narrow(self, name: Literal["meter", "op", "model", "from", "to"], value: str) -> Any:
        """A second filter may be chosen before the address of the first is there."""
        wanted = changed(self._ask(), **{name: value})
        if wanted == changed(self._ask()):
            return None
        self._query = query_of(wanted)
        return rx.redirect(address(PATH, wanted))

    def _ask(self) -> UsageAsk:
        return read_ask(self._query)

    async def _enter(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id, zone, ask = who.actor.account_id, who.account.zone, self._ask()
        parts: dict[type[Any], Read] = {UsageExploreState: lambda: _read(account_id, zone, ask)}
        try:
            # Sessions are summed up from the events: too much to be done anew with each use while a page is open.
            await enter(self, {} if ask.by == "session" else parts)
            if ask.by == "session":
                await fill(self, parts)
            self.failed = False
        except SQLAlchemyError:
            log.exception("a look back at use could not be read")
            self.failed = True

    def _show(self, found: ExploreView) -> None:
        ask = self._ask()
        told = query_of(ask)
        self.ask = {"by": ask.by, **{name: told.get(name, "") for name in _CHIPS}}
        self.chips = [
            {"name": name, "value": told[name], "href": address(PATH, changed(ask, **{name: ""}))}
            for name in _CHIPS
            if name in told
        ]
        self.shown = explored(found, ask)
        self.ways = _ways(ask, found.after)


def _ways(ask: UsageAsk, after: str | None) -> dict[str, Any]:
    first = changed(ask)
    return {
        "ranges": [
            {"name": name, "href": address(PATH, changed(ask, range=word)),
             "current": not ask.has_own_days and ask.word == word}
            for word, name in PRESETS.items()
        ],
        "groups": {group: address(PATH, changed(ask, by=group)) for group in GROUPS},
        "all": address(PATH, UsageAsk(by=ask.by)),
        "first": address(PATH, first) if ask.after is not None else "",
        "next": address(PATH, read_ask({**query_of(first), "page": page_of(after)})) if after is not None else "",
        # The browser knows the reader's language, and puts it behind.
        "export": f"{EXPORT}?{urlencode({**query_of(first), 'lang': ''})}",
    }  # fmt: skip


def _read(account_id: int, zone: str, ask: UsageAsk) -> ExploreView:
    env = runtime.env()
    days = days_of(ask, local_day(env.clock.now(), zone))
    with env.db.read() as tx:
        return explore(
            tx, env.catalogue.meter_asked(ask.meter), env.catalogue.paid_meter, account_id, ask, days, zone, PER
        )
