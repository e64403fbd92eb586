"""The first page: balance, plan, what waits to be paid, what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.overview import OverviewView, overview
from billing_ui.queries.overview_use import UseView, use_view
from billing_ui.queries.plans import PackageView
from billing_ui.security.gate import viewer
from billing_ui.security.policy import policy
from billing_ui.services import settings
from billing_ui.state.history_labels import history_row
from billing_ui.state.labels import everyday
from billing_ui.state.limit_labels import quotas, room_of_quotas
from billing_ui.state.overview_labels import use
from billing_ui.state.session import enter
from billing_ui.state.topup import on_sale

# The newest ones; all of them stand in the history.
_WAITING = 2


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the page shows at one moment."""

    view: OverviewView
    options: tuple[PackageView, ...]
    use: UseView
    warning_percent: int


class OverviewState(rx.State):
    ready: rx.Field[bool] = rx.field(False)
    waiting: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    recent: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    totals: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    quick: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=list)
    # Their room, before anybody's figures are known, so that nothing below jumps when they come.
    quotas: rx.Field[list[dict[str, Any]]] = rx.field(default_factory=room_of_quotas)
    use: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)

    @rx.event
    @policy("user")
    async def open(self) -> None:
        who = viewer(self)
        if who is None or who.actor.account_id is None:
            return
        account_id = who.actor.account_id
        await enter(self, {OverviewState: lambda: _read(account_id)})
        self.ready = True

    def _show(self, shown: _Shown) -> None:
        view = shown.view
        self.waiting = [history_row(row) for row in view.waiting[:_WAITING]]
        self.recent = [history_row(row) for row in view.recent]
        self.totals = {
            "bought": view.head.bought, "granted": view.head.granted, "used": view.head.used,
            "about": everyday(view.head.balance),
        }  # fmt: skip
        self.quick = [
            {"amount": each.amount, "currency": each.currency, "popular": each.is_popular} for each in shown.options
        ]
        self.quotas = quotas(shown.use.limits, shown.warning_percent)
        self.use = use(shown.use)


def _read(account_id: int) -> _Shown:
    env = runtime.env()
    with env.db.read() as tx:
        return _Shown(
            overview(tx, account_id),
            on_sale(tx, account_id),
            use_view(tx, env.writer.terms, account_id, env.catalogue.main_meter, env.clock.now()),
            int(settings.get(tx, "quota.warning_percent")),
        )
