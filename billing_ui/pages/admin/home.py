"""/admin/: what waits for an operator, as numbers that lead to what they count."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link, link_button
from billing_ui.components.browser import Ago
from billing_ui.components.record import record
from billing_ui.components.surface import card, skeleton, stat
from billing_ui.components.text import money, num, t
from billing_ui.pages.admin.frame import desk_page
from billing_ui.state.admin_desk import AdminDesk, AdminHome
from billing_ui.state.session import Session

_LIST = "/admin/payments/"


def page() -> rx.Component:
    return desk_page(
        rx.el.div(
            rx.cond(AdminHome.ready, _numbers(), _bones()),
            card(
                rx.el.p(t("adm.payments_lead"), class_name="muted mb-4"),
                link_button("adm.open_payments", _LIST, icon_name="receipt", kind="secondary"),
                title="adm.payments",
            ),
            rx.cond(AdminDesk.may_keys, _keys(), rx.fragment()),
            class_name="stack",
        ),
        here="desk",
        title="nav.desk",
        lead="adm.home_lead",
        ready=AdminHome.ready,
        on_visible=AdminHome.open,
    )


def _keys() -> rx.Component:
    return card(
        rx.el.p(t("adm.keys_home"), class_name="muted mb-4"),
        link_button("adm.keys_open", "/admin/keys/", icon_name="key", kind="secondary"),
        title="adm.keys",
    )


def _numbers() -> rx.Component:
    now = record(AdminHome.numbers)
    return rx.el.div(
        _tile(
            "adm.n_undecided",
            now["undecided_count"],
            rx.cond(
                now["undecided_count"].to(int) > 0,
                rx.el.span(
                    rx.foreach(
                        now["undecided"].to(list[dict[str, Any]]),
                        lambda each: rx.el.span(money(each["amount"].to(int), each["currency"]), " · "),
                    ),
                    t("adm.n_oldest"),
                    " ",
                    Ago.create(at=now["oldest_at"].to(str), zone=Session.zone),
                ),
                t("adm.n_none"),
            ),
            "decision",
            "undecided",
        ),
        _tile("adm.n_waiting", now["waiting"], t("adm.n_waiting_note"), "waiting", "waiting"),
        _tile("adm.n_stuck", now["stuck"], t("adm.n_stuck_note"), "stuck", "stuck"),
        _tile("adm.n_webhooks", now["webhooks"], t("adm.n_webhooks_note"), "", "webhooks"),
        _tile("adm.n_jobs", now["jobs"], t("adm.n_jobs_note"), "", "jobs"),
        class_name="desk-numbers",
    )


def _tile(label: str, number: Any, note: Any, group: str, name: str) -> rx.Component:
    """A number; where it can be listed, with the way to the list."""
    way = link("adm.n_show", f"{_LIST}?status={group}", custom_attrs={"aria-label": t("adm.n_show_of", what=t(label))})
    return card(
        stat(
            label,
            num(number.to(int)),
            note=note,
            attrs={"data-testid": f"desk-{name}", "data-value": number},
        ),
        rx.el.p(way, class_name="small mt-3") if group else rx.fragment(),
    )


def _bones() -> rx.Component:
    return rx.el.div(*[skeleton("172px") for _ in range(5)], class_name="desk-numbers")
