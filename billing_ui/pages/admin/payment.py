"""/admin/payments/{id}/: everything known of one payment, and what an operator may do about it."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button, copy_button, link
from billing_ui.components.marks import status_badge
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.record import record
from billing_ui.components.surface import card, facts, skeleton
from billing_ui.components.text import money, num, t, when
from billing_ui.components.verdict import terminal_state
from billing_ui.pages.admin.dispute import open_disputes
from billing_ui.pages.admin.frame import desk_page
from billing_ui.pages.admin.payments import flag
from billing_ui.pages.admin.refund import refund_button, refund_dialog
from billing_ui.pages.admin.resolve import waiting_money
from billing_ui.pages.admin.story import story
from billing_ui.pages.admin.traces import traces
from billing_ui.pages.shell import tokens_worth
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.session import Session


def page() -> rx.Component:
    state = AdminPayment
    return desk_page(
        rx.cond(state.found, _file(), rx.cond(state.ready, _unknown(), _bones())),
        here="payments",
        title=_title(),
        is_code=state.found,
        ready=state.ready,
        on_visible=state.refresh,
        above=(("nav.desk", "/admin/"), ("adm.payments", "/admin/payments/")),
    )


def _title() -> rx.Var[str]:
    """The number that a customer names; one step above stands the list of all."""
    return rx.cond(AdminPayment.found, record(record(AdminPayment.file)["facts"])["ref"].to(str), t("adm.payment"))


def _file() -> rx.Component:
    shown = record(record(AdminPayment.file)["facts"])
    return rx.el.div(
        _head(shown),
        error_summary(AdminPayment.error["code"].to(str), AdminPayment.error["args"]),
        rx.el.div(
            rx.cond(record(AdminPayment.told)["key"], _told(), rx.fragment()),
            role="status",
            custom_attrs={"data-testid": "desk-told", "data-key": record(AdminPayment.told)["key"]},
            class_name="told empty:hidden",
        ),
        waiting_money(),
        open_disputes(),
        refund_dialog(),
        rx.el.div(_payment(shown), _customer(shown), class_name="pair"),
        rx.el.div(story(), class_name="stack"),
        traces(),
        class_name="stack",
        custom_attrs={"data-testid": "desk-file", "data-status": shown["status"], "data-id": shown["id"]},
    )


def _told() -> rx.Component:
    told = record(AdminPayment.told)
    return notice(t(told["key"].to(str), told["args"]), tone="info", icon_name="info")


def _head(shown: Any) -> rx.Component:
    flags = record(AdminPayment.file)["flags"].to(list[str])
    return card(
        rx.el.div(
            rx.el.div(
                rx.el.p(money(shown["total"].to(int), shown["currency"]), class_name="stat-value"),
                rx.el.div(status_badge(shown["status"].to(str)), rx.foreach(flags, flag), class_name="badges"),
                class_name="stack-sm",
            ),
            rx.el.div(refund_button(), _recheck(), class_name="row wraps"),
            class_name="between wraps",
        ),
    )


def _recheck() -> rx.Component:
    return rx.cond(
        AdminDesk.may_recheck,
        button(
            "adm.recheck",
            on_click=AdminPayment.recheck,
            kind="secondary",
            icon_name="search",
            busy=AdminPayment.busy == "recheck",
            disabled=AdminPayment.busy != "",
            testid="desk-recheck",
        ),
        rx.fragment(),
    )


def _payment(shown: Any) -> rx.Component:
    return card(
        facts(
            [
                ("pay.ref", _id(shown["ref"])),
                ("adm.reference", _number(shown["reference"])),
                ("adm.payment_id", _id(shown["id"])),
                ("adm.request_id", _number(shown["request_id"])),
                ("adm.method", t("method." + shown["method"].to(str))),
                ("adm.purchase", t("adm.purchase_is." + shown["purchase"].to(str))),
                ("pay.item", t("pay.item_tokens", tokens=num(shown["tokens"]))),
                ("adm.price", _sum(shown)),
                ("adm.asked", when(shown["at"], Session.zone)),
                ("adm.until", when(shown["expires_at"], Session.zone)),
                ("adm.looked", rx.cond(shown["looked_at"], when(shown["looked_at"], Session.zone), "–")),
                ("pay.paid_at", rx.cond(shown["paid_at"], when(shown["paid_at"], Session.zone), "–")),
                ("adm.failure", rx.cond(shown["failure"], rx.el.span(shown["failure"], class_name="mono"), "–")),
            ]
        ),
        title="adm.payment",
    )


def _sum(shown: Any) -> rx.Var[str]:
    """The price, and what was added to it where something was."""
    plain = money(shown["amount"].to(int), shown["currency"])
    return rx.cond(
        (shown["fee"].to(int) + shown["tax"].to(int)) > 0,
        t(
            "adm.price_with", price=plain, fee=money(shown["fee"].to(int), shown["currency"]),
            tax=money(shown["tax"].to(int), shown["currency"]),
        ),
        plain,
    )  # fmt: skip


def _customer(shown: Any) -> rx.Component:
    same = "/admin/payments/?q=" + shown["account"].to(str)
    return card(
        facts(
            [
                ("auth.name", shown["name"]),
                ("auth.email", rx.cond(shown["email"], shown["email"].to(str), "–")),
                ("adm.account", _number(shown["account"])),
                ("adm.external", _number(shown["external_id"])),
                ("balance.title", tokens_worth(shown["balance"].to(int), record(shown["worth"]))),
                ("pay.receipt_number", _number(shown["receipt"])),
                ("adm.asked_by", _number(shown["asked_by"])),
            ]
        ),
        rx.el.p(link("adm.all_of", same), class_name="small mt-4"),
        title="adm.customer",
    )


def _number(value: Any) -> rx.Component:
    """What a machine calls it, or a dash."""
    return rx.cond(value, rx.el.span(value, class_name="mono"), rx.el.span("–"))


def _id(value: Any) -> rx.Component:
    return rx.el.span(
        rx.el.span(value, class_name="mono"),
        copy_button(value, t("adm.copy_of", what=value.to(str))),
        class_name="ref",
    )


def _unknown() -> rx.Component:
    return rx.el.div(
        terminal_state("adm.no_payment", t("adm.no_payment_body"), tone="", icon_name="search"),
        custom_attrs={"data-testid": "error", "data-code": "not_found"},
    )


def _bones() -> rx.Component:
    return rx.el.div(
        skeleton("112px"), rx.el.div(skeleton("420px"), skeleton("420px"), class_name="pair"), skeleton("320px"),
        class_name="stack",
    )  # fmt: skip
