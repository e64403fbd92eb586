"""The first page of a customer: what is there, what waits to be paid, what happened last."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.action import link, link_button
from billing_ui.components.entries import entries
from billing_ui.components.record import record
from billing_ui.components.surface import balance_stat, card, skeleton
from billing_ui.components.text import money, num, t, when
from billing_ui.components.verdict import empty_state
from billing_ui.pages.overview_plan import plan
from billing_ui.pages.overview_quotas import quotas
from billing_ui.pages.overview_use import use
from billing_ui.pages.shell import customer_page
from billing_ui.state.overview import OverviewState
from billing_ui.state.session import Session


def page() -> rx.Component:
    return customer_page(
        rx.el.div(
            rx.foreach(OverviewState.waiting, _waiting),
            rx.el.div(_balance(), plan(), class_name="pair"),
            quotas(),
            use(),
            _recent(),
            class_name="stack",
        ),
        here="overview",
        title=rx.cond(
            record(Session.user)["name"], t("overview.hello", name=record(Session.user)["name"]), t("overview.title")
        ),
        ready=OverviewState.ready,
        on_visible=OverviewState.open,
    )


def _balance() -> rx.Component:
    worth = record(Session.worth)
    about = record(record(OverviewState.totals)["about"])
    runway = record(OverviewState.use)["runway"]
    note = rx.el.span(
        rx.cond(worth, t("balance.worth", money=money(worth["amount"], worth["currency"])), ""),
        rx.cond(
            about["count"],
            rx.cond(
                worth,
                t("balance.about", count=num(about["count"]), thing=about["thing"]),
                t("topup.about", count=num(about["count"]), thing=about["thing"]),
            ),
            "",
        ),
        rx.cond(runway, rx.el.span(t("balance.runway", count=runway), class_name="block"), rx.fragment()),
    )
    return card(
        rx.cond(
            OverviewState.ready,
            balance_stat(Session.balance, num(Session.balance), t("unit.token_word"), note=note),
            skeleton("112px", "60%"),
        ),
        rx.el.div(
            rx.foreach(OverviewState.quick, _quick),
            link_button("balance.topup", "/subscription/topup/", icon_name="topup", testid="overview-topup"),
            class_name="quick",
        ),
        class_name="stack",
    )


def _quick(option: ObjectVar[dict[str, Any]]) -> rx.Component:
    """One step to the payment: the amount is chosen here, the method on the next page."""
    return link_button(
        money(option["amount"], option["currency"]),
        "/subscription/topup/?amount=" + option["amount"].to(str),
        kind="secondary",
        testid=rx.Var.create("quick-") + option["amount"].to(str),
    )


def _waiting(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("topup.resume"), font_size="16px"),
            rx.el.p(
                t(
                    "overview.asked",
                    money=money(row["amount"], row["currency"]),
                    method=t("method." + row["method"].to(str)),
                    when=when(row["at"], Session.zone),
                ),
                class_name="small muted",
            ),
        ),
        link_button("topup.resume_button", row["href"], kind="secondary", size="sm"),
        class_name="card between",
        custom_attrs={"data-testid": "unfinished"},
    )


def _recent() -> rx.Component:
    return card(
        rx.cond(
            OverviewState.recent.length() > 0,
            entries(OverviewState.recent, Session.zone, OverviewState.ready, 5),
            rx.cond(
                OverviewState.ready,
                empty_state(
                    "hist.empty", action=link_button("balance.topup", "/subscription/topup/", kind="secondary")
                ),
                entries(OverviewState.recent, Session.zone, OverviewState.ready, 5),
            ),
        ),
        title="overview.recent",
        action=link("overview.all", "/subscription/history/"),
        class_name="card-table",
    )
