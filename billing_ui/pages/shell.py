"""Binds the live balance, the account and its one notice to the layout that every signed-in page stands in."""

from __future__ import annotations

from typing import Any, Final

import reflex as rx

from billing_ui.components.action import link
from billing_ui.components.browser import Visible
from billing_ui.components.frame import page_frame, page_head
from billing_ui.components.notice import banner
from billing_ui.components.record import record
from billing_ui.components.shell import Balance, app_shell, public_shell
from billing_ui.components.text import Words, compact, money, num, t
from billing_ui.state.notices import QUOTAS
from billing_ui.state.session import Session
from billing_ui.state.settings import SettingsState

# What a page tells in full itself, with what can be done.
_TOLD_BY_PAGES: Final = {"settings": ("mail_stopped",), "usage": QUOTAS}


def customer_page(
    *children: Any,
    here: str,
    title: Words,
    ready: rx.Var[bool],
    on_visible: Any,
    lead: Words | None = None,
    action: rx.Component | None = None,
) -> rx.Component:
    """A page of somebody signed in. `on_visible` reads anew when a hidden tab is looked at again."""
    content = page_frame(
        page_head(title, lead, action), *children, Visible.create(on_visible=on_visible), ready=live(ready)
    )
    return app_shell(
        content,
        here=here,
        brand=record(Session.brand)["name"],
        balance=shell_balance(),
        who=record(Session.user)["email"],
        sandbox=Session.sandbox,
        banner=_notice(_TOLD_BY_PAGES.get(here, ())),
        settled=live(ready),
        on_language=SettingsState.pick_language,
        desk=record(Session.user)["role"].bool(),
    )


def open_page(*children: Any, ready: rx.Var[bool], on_visible: Any, width: str = "medium") -> rx.Component:
    """A page for whoever holds its link, signed in or not."""
    content = page_frame(*children, Visible.create(on_visible=on_visible), ready=live(ready), width=width)
    return public_shell(
        content,
        brand=record(Session.brand)["name"],
        sandbox=Session.sandbox,
        support=record(Session.brand)["support"],
        signed_in=Session.signed_in,
        quiet=True,
    )


def live(ready: rx.Var[bool]) -> rx.Var[bool]:
    """Hydrated, handlers at work, first data shown: what an earlier visit left behind does not count."""
    return rx.State.is_hydrated & ready


def shell_balance() -> Balance:
    tokens = Session.balance
    spoken = rx.cond(
        Session.worth,
        t(
            "a11y.balance",
            tokens=num(tokens),
            money=money(record(Session.worth)["amount"].to(int), record(Session.worth)["currency"]),
        ),
        t("a11y.balance_plain", tokens=num(tokens)),
    )
    return Balance(tokens=tokens, spoken=spoken, short=t("unit.tokens", tokens=num(tokens)))


def tokens_worth(tokens: Any, worth: Any) -> rx.Var[str]:
    """`500.000 token (Rp 50.000)`, or the tokens alone where the catalogue shows no money beside them."""
    return rx.cond(
        worth,
        t("unit.tokens_money", tokens=num(tokens), money=money(worth["amount"], worth["currency"])),
        t("unit.tokens", tokens=num(tokens)),
    )


def tokens_compact(tokens: Any) -> rx.Var[str]:
    return t("unit.tokens", tokens=compact(tokens))


def _notice(told_by_the_page: tuple[str, ...]) -> rx.Component:
    shown = record(Session.notice)
    told = rx.Var.create(list(told_by_the_page)).contains(shown["kind"].to(str))
    return rx.cond(
        shown["kind"] & ~told,
        banner(
            t(shown["key"], shown["args"]),
            kind=shown["kind"],
            tone=shown["tone"],
            action=link(t(shown["action"]), shown["href"]),
            on_dismiss=Session.dismiss_notice,
        ),
        rx.fragment(),
    )
