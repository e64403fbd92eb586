"""Money that waits for a decision, and the dialog in which it is made."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button
from billing_ui.components.choice import radio_tile, tile_group
from billing_ui.components.disclosure import modal
from billing_ui.components.icons import icon
from billing_ui.components.notice import error_summary
from billing_ui.components.record import record
from billing_ui.components.text import money, num, t, when
from billing_ui.pages.admin.dialog import note_box, reason_select, short_box
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.admin_resolve import AdminResolve
from billing_ui.state.session import Session

_REASONS = ("paid_twice", "wrong_sum", "customer_asked", "something")


def waiting_money() -> rx.Component:
    """Each sum nobody has decided about, above everything else of the file."""
    waits = record(AdminPayment.file)["waits"].to(list[dict[str, Any]])
    return rx.fragment(rx.foreach(waits, _waiting), _dialog())


def _waiting(line: Any) -> rx.Component:
    told = t(
        "adm.waits." + line["outcome"].to(str),
        money=money(line["amount"].to(int), line["currency"]),
        when=when(line["at"], Session.zone),
    )
    act = rx.cond(
        AdminDesk.may_resolve,
        button(
            "adm.decide", on_click=AdminResolve.ask(line["id"].to(str)), kind="secondary", size="sm",
            testid="desk-resolve",
        ),
        rx.el.span(t("adm.decide_not_you"), class_name="small"),
    )  # fmt: skip
    return rx.el.div(
        icon("alert"),
        rx.el.div(told, class_name="notice-body"),
        act,
        class_name="notice wraps",
        custom_attrs={"data-testid": "desk-waits", "data-tone": "warn", "data-capture": line["id"]},
    )


def _dialog() -> rx.Component:
    state, case = AdminResolve, record(AdminResolve.case)
    return modal(
        "adm.decide_title",
        rx.cond(
            state.opened,
            rx.el.div(
                rx.el.p(t("adm.decide_lead", money=_money(case), expected=_expected(case))),
                rx.cond(
                    state.error["code"] != "",
                    error_summary(state.error["code"].to(str), state.error["args"], testid="resolve-error"),
                    rx.fragment(),
                ),
                rx.cond(case["returning"], rx.el.p(t("adm.returning"), class_name="small"), _choices(case)),
                reason_select("resolve-reason", _REASONS, value=state.reason, on_change=state.because),
                note_box("resolve-note", times=state.times, on_told=state.write_note),
                rx.cond(state.decision == "paid_out", _number(), rx.fragment()),
                class_name="stack",
            ),
            rx.fragment(),
        ),
        opened=state.opened,
        on_close=state.close,
        actions=(
            button("adm.decide_keep", on_click=state.close, kind="secondary", testid="resolve-keep"),
            button(
                "adm.decide_do", on_click=state.decide, busy=state.busy, disabled=state.decision == "",
                testid="resolve-do",
            ),
        ),
        id_="resolve",
    )  # fmt: skip


def _money(case: Any) -> rx.Var[str]:
    return money(case["amount"].to(int), case["currency"])


def _expected(case: Any) -> rx.Var[str]:
    return money(case["expected"].to(int), case["expected_currency"])


def _choices(case: Any) -> rx.Component:
    """What each decision would do; one that is not possible says why."""
    credit = t(
        "adm.gives.credited", money=_money(case), tokens=num(case["tokens"].to(int)),
        before=num(case["before"].to(int)), after=num(case["after"].to(int)),
    )  # fmt: skip
    method = t("method." + case["method"].to(str))
    return tile_group(
        "adm.decision",
        _tile(case, "credited", credit, t("adm.no_credit." + case["no_credit"].to(str))),
        _tile(
            case, "refunded", t("adm.gives.refunded", money=_money(case), method=method),
            t("adm.no_refund", method=method),
        ),
        _tile(case, "paid_out", t("adm.gives.paid_out", money=_money(case)), ""),
        wide=True,
    )  # fmt: skip


def _tile(case: Any, decision: str, does: Any, why_not: Any) -> rx.Component:
    can = case["choices"].to(list[str]).contains(decision)
    return radio_tile(
        "decision",
        decision,
        f"adm.decision_is.{decision}",
        checked=AdminResolve.decision == decision,
        on_pick=AdminResolve.choose(decision),
        note=rx.cond(can, does, why_not),
        disabled=~can,
        testid=f"resolve-{decision}",
    )


def _number() -> rx.Component:
    return short_box(
        "resolve-number", "adm.bank_number", on_told=AdminResolve.write_number, hint="adm.bank_number_hint"
    )
