"""What follows a customer across all pages: who they are, their balance, their plan, the deployment's notices."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui import runtime
from billing_ui.queries.overview import HeadView, head
from billing_ui.security.gate import viewer
from billing_ui.services.sessions import Viewer
from billing_ui.state import live
from billing_ui.state.tabs import Read


class Session(rx.State):
    """The part of every page that is about the account. Filled by `enter`, kept true by `live`."""

    signed_in: rx.Field[bool] = rx.field(False)
    balance: rx.Field[int] = rx.field(0)
    plan: rx.Field[dict[str, Any]] = rx.field(default_factory=dict)
    user: rx.Field[dict[str, str]] = rx.field(default_factory=dict)
    zone: rx.Field[str] = rx.field("")
    currency: rx.Field[str] = rx.field("")
    is_verified: rx.Field[bool] = rx.field(True)

    def _show(self, now: HeadView) -> None:
        self.balance = now.balance
        self.plan = {"slug": now.plan_slug, "kind": now.plan_kind, "name": now.plan_name, "access": now.access}

    def _show_viewer(self, who: Viewer | None) -> None:
        self.signed_in = who is not None
        if who is None:
            return
        self.user = {"name": who.user.name, "email": who.user.email, "language": who.user.language, "theme": who.user.theme}
        self.zone, self.currency = who.account.zone, who.account.currency
        self.is_verified = who.user.is_verified


async def enter(
    page: rx.State, parts: dict[type[Any], Read] | None = None, topics: tuple[str, ...] = ()
) -> Viewer | None:
    """The first line of every page: shows who is signed in, fills the given parts, and keeps them true from now on."""
    who = viewer(page)
    session = await page.get_state(Session)
    session._show_viewer(who)
    wanted: dict[type[Any], Read] = dict(parts or {})
    if who is not None and who.actor.account_id is not None:
        account_id = who.actor.account_id
        wanted[Session] = lambda: _head(account_id)
        live.follow(page, account_id, who.session_id, wanted, topics)
    fresh = await runtime.run(lambda: {part: read() for part, read in wanted.items()})
    for part, data in fresh.items():
        shown: Any = await page.get_state(part)
        shown._show(data)
    return who


def _head(account_id: int) -> HeadView:
    with runtime.env().db.read() as tx:
        return head(tx, account_id)
