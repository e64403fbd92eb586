"""/admin/payments/: payments of all customers, newest first, found by any number somebody may name."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.action import link, link_button
from billing_ui.components.browser import Ago
from billing_ui.components.listing import list_pager
from billing_ui.components.marks import badge, status_badge
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.table import skeleton_rows, table
from billing_ui.components.text import money, t, when
from billing_ui.components.verdict import empty_state
from billing_ui.pages.admin.filters import asked, filters
from billing_ui.pages.admin.frame import desk_page
from billing_ui.rules.lists import SIZES
from billing_ui.state.admin_payments import AdminPayments
from billing_ui.state.session import Session

_HEADS = (
    ("adm.time", ""), ("adm.customer", ""), ("hist.amount", "num"), ("adm.method", ""), ("hist.status", ""),
)  # fmt: skip
_CELLS = ("quiet", "lead", "num", "num quiet", "mark")
_FLAGS = {
    "needs_decision": ("warn", "alert"), "held": ("warn", ""), "extra": ("warn", ""), "late": ("info", "clock"),
    "refunded": ("info", "return"), "partly_refunded": ("info", "return"), "disputed": ("bad", "alert"),
}  # fmt: skip


def page() -> rx.Component:
    state = AdminPayments
    is_empty = state.ready & (state.rows.length() == 0)
    pager = list_pager(record(state.links), asked("per"), SIZES, _per)
    return desk_page(
        rx.el.div(
            filters(),
            card(rx.cond(is_empty, _nothing(), rx.fragment(_table(), pager)), class_name="card-flush"),
            class_name="stack",
        ),
        here="payments",
        title="adm.payments",
        lead="adm.payments_lead",
        ready=state.ready,
        on_visible=state.reread,
        above=(("nav.desk", "/admin/"),),
    )


def flag(name: Any) -> rx.Component:
    """What stands beside a payment's status."""
    return rx.match(
        name,
        *[(key, badge(f"adm.flag.{key}", tone=tone, icon_name=shape)) for key, (tone, shape) in _FLAGS.items()],
        rx.fragment(),
    )


def _table() -> rx.Component:
    rows = rx.cond(AdminPayments.ready, rx.foreach(AdminPayments.rows, _row), skeleton_rows(10, _CELLS))
    return table("adm.payments", _HEADS, rows)


def _row(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    who = rx.cond(row["email"] != "", row["email"].to(str), row["name"].to(str))
    return rx.el.tr(
        rx.el.td(
            rx.el.p(when(row["at"], Session.zone), class_name="tnum"),
            rx.el.p(Ago.create(at=row["at"].to(str), zone=Session.zone), class_name="fine"),
            class_name="quiet",
        ),
        rx.el.td(
            link(who, row["href"], custom_attrs={"data-testid": "desk-payment-link"}),
            rx.el.p(row["reference"], class_name="fine mono cut"),
            class_name="lead",
        ),
        rx.el.td(money(row["amount"].to(int), row["currency"]), class_name="num"),
        rx.el.td(t("method." + row["method"].to(str)), class_name="num quiet start"),
        rx.el.td(
            rx.el.div(
                status_badge(row["status"].to(str)), rx.foreach(row["flags"].to(list[str]), flag), class_name="badges"
            ),
            class_name="mark",
        ),
        key=row["id"].to(str),
        custom_attrs={
            "data-testid": "desk-payment", "data-id": row["id"], "data-ref": row["ref"], "data-status": row["status"],
            "data-flags": row["flags"].to(list[str]).join(" "),
        },
    )  # fmt: skip


def _nothing() -> rx.Component:
    """Nobody has paid yet, and nothing fits the filters: two different things."""
    everything = record(AdminPayments.links)["all"].to(str)
    clear = link_button("list.clear", everything, kind="secondary", testid="desk-clear")
    return rx.cond(
        AdminPayments.chips.length() > 0,
        empty_state("list.none", icon_name="search", action=clear),
        empty_state("adm.no_payments"),
    )


def _per(value: Any) -> Any:
    return AdminPayments.narrow("per", value)
