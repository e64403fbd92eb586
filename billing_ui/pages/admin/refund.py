"""Sending money back from the file of a payment: the button, and the dialog that says the consequence first."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button
from billing_ui.components.choice import radio_tile, tile_group
from billing_ui.components.field import amount_field
from billing_ui.components.notice import notice
from billing_ui.components.record import record
from billing_ui.components.text import money, num, t
from billing_ui.pages.admin.dialog import act_dialog, note_box, number_box, reason_select, refused, short_box
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.admin_refund import AdminRefund

_REASONS = ("customer_asked", "wrong_sum", "not_delivered", "something")


def refund_button() -> rx.Component:
    """Only where money paid a purchase and has not all gone back, and only for who may move it."""
    return rx.cond(
        AdminDesk.may_resolve & record(AdminPayment.file)["paying"].bool(),
        button("adm.refund", on_click=AdminRefund.ask, kind="secondary", icon_name="return", testid="desk-refund-ask"),
        rx.fragment(),
    )


def refund_dialog() -> rx.Component:
    state, case, does = AdminRefund, record(AdminRefund.case), record(AdminRefund.does)
    return act_dialog(
        "refund",
        state,
        "adm.refund_title",
        rx.cond(does["fits"].bool(), notice(_consequence(does)), rx.fragment()),
        rx.cond(
            case["disputed"].bool(), notice(t("adm.refund_disputed"), tone="warn", icon_name="alert"), rx.fragment()
        ),
        refused("refund", state),
        _amount(case, does),
        _ways(case),
        rx.cond(state.way == "manual", number_box("refund-number", state), rx.fragment()),
        reason_select("refund-reason", _REASONS, value=state.reason, on_change=state.because),
        note_box("refund-note", state),
        rx.cond(does["large"].bool() & does["fits"].bool(), _typed(), rx.fragment()),
        act="adm.refund_do",
        on_act=state.send,
        disabled=~does["fits"].bool() | ((state.way == "gateway") & case["no_way"].bool()),
    )


def _consequence(does: Any) -> rx.Var[str]:
    return t(
        "adm.refund_does", money=_money(AdminRefund.amount), tokens=num(does["tokens"].to(int)),
        before=num(does["before"].to(int)), after=num(does["after"].to(int)),
    )  # fmt: skip


def _amount(case: Any, does: Any) -> rx.Component:
    most = t("adm.refund_most." + case["limit"].to(str), money=_money(case["maximum"].to(int)))
    return amount_field(
        t("adm.refund_amount", currency=case["currency"]),
        value=AdminRefund.amount,
        on_amount=AdminRefund.type_amount,
        hint=most,
        error=rx.cond(
            does["fits"].bool() | (case["maximum"].to(int) == 0), "",
            t("adm.refund_range", most=_money(case["maximum"].to(int))),
        ),
        testid="refund-amount",
    )  # fmt: skip


def _ways(case: Any) -> rx.Component:
    """The gateway where its method takes money back; a transfer by hand always."""
    method = t("method." + case["method"].to(str))
    return tile_group(
        "adm.way",
        radio_tile(
            "way",
            "gateway",
            "adm.way_is.gateway",
            checked=AdminRefund.way == "gateway",
            on_pick=AdminRefund.go("gateway"),
            note=rx.match(
                case["no_way"].to(str),
                ("method", t("adm.no_refund", method=method)),
                ("whole", t("adm.only_whole", method=method)),
                t("adm.way_gives.gateway", method=method),
            ),
            disabled=case["no_way"].bool(),
            testid="refund-gateway",
        ),
        radio_tile(
            "way",
            "manual",
            "adm.way_is.manual",
            checked=AdminRefund.way == "manual",
            on_pick=AdminRefund.go("manual"),
            note=t("adm.way_gives.manual"),
            testid="refund-manual",
        ),
        wide=True,
    )


def _typed() -> rx.Component:
    """A large sum is typed once more, so that nobody sends it by habit."""
    return short_box(
        "refund-typed", t("adm.typed", word=num(AdminRefund.amount)),
        on_told=lambda words: AdminRefund.write("typed", words), hint="adm.refund_large",
    )  # fmt: skip


def _money(amount: Any) -> rx.Var[str]:
    return money(amount, record(AdminRefund.case)["currency"])
