"""Money that waits for a decision, and the dialog in which it is made."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.choice import radio_tile, tile_group
from billing_ui.components.record import record
from billing_ui.components.text import money, num, t, when
from billing_ui.pages.admin.dialog import act_dialog, note_box, number_box, reason_select, refused, waiting_line
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
    return waiting_line(
        told,
        act="adm.decide",
        on_act=AdminResolve.ask(line["id"].to(str)),
        act_testid="desk-resolve",
        **{"data-testid": "desk-waits", "data-capture": line["id"]},
    )


def _dialog() -> rx.Component:
    state, case = AdminResolve, record(AdminResolve.case)
    return act_dialog(
        "resolve",
        state,
        "adm.decide_title",
        rx.el.p(t("adm.decide_lead", money=_money(case), expected=_expected(case))),
        refused("resolve", state),
        rx.cond(case["returning"], rx.el.p(t("adm.returning"), class_name="small"), _choices(case)),
        reason_select("resolve-reason", _REASONS, value=state.reason, on_change=state.because),
        note_box("resolve-note", state),
        rx.cond(state.decision == "paid_out", number_box("resolve-number", state), rx.fragment()),
        act="adm.decide_do",
        on_act=state.decide,
        disabled=state.decision == "",
    )


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
