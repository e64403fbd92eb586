"""Disputes that wait for a person, and the dialog in which one is ended."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button
from billing_ui.components.choice import radio_tile, tile_group
from billing_ui.components.disclosure import modal
from billing_ui.components.icons import icon
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.record import record
from billing_ui.components.text import money, num, t, when
from billing_ui.pages.admin.dialog import note_box
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.admin_dispute import AdminDispute
from billing_ui.state.admin_payment import AdminPayment
from billing_ui.state.session import Session


def open_disputes() -> rx.Component:
    """Each dispute without an end, above everything else of the file."""
    lines = record(AdminPayment.file)["disputes"].to(list[dict[str, Any]])
    shown = rx.foreach(lines, lambda line: rx.cond(line["status"] == "open", _waiting(line), rx.fragment()))
    return rx.fragment(shown, _dialog())


def _waiting(line: Any) -> rx.Component:
    told = t("adm.disputed", money=money(line["amount"].to(int), line["currency"]), reason=line["reason"].to(str))
    act = rx.cond(
        AdminDesk.may_resolve,
        button(
            "adm.dispute_end", on_click=AdminDispute.ask(line["id"].to(str)), kind="secondary", size="sm",
            testid="desk-dispute-end",
        ),
        rx.el.span(t("adm.decide_not_you"), class_name="small"),
    )  # fmt: skip
    return rx.el.div(
        icon("alert"),
        rx.el.div(
            rx.el.p(told),
            rx.el.p(_said(line), " ", _due(line), class_name="small"),
            class_name="notice-body",
        ),
        act,
        class_name="notice wraps",
        custom_attrs={"data-testid": "desk-disputed", "data-tone": "warn", "data-dispute": line["id"]},
    )


def _said(line: Any) -> rx.Var[str]:
    """What the gateway last said of its end."""
    return rx.match(
        line["told"].to(str),
        ("won", t("adm.dispute_told.won")),
        ("lost", t("adm.dispute_told.lost")),
        t("adm.dispute_told.nothing"),
    )


def _due(line: Any) -> rx.Component:
    return rx.cond(
        line["due_at"], rx.el.span(t("adm.dispute_due", when=when(line["due_at"], Session.zone))), rx.fragment()
    )


def _dialog() -> rx.Component:
    state, case = AdminDispute, record(AdminDispute.case)
    return modal(
        "adm.dispute_title",
        rx.cond(
            state.opened,
            rx.el.div(
                notice(rx.el.span(_said(case), " ", _due(case))),
                rx.cond(
                    state.error["code"] != "",
                    error_summary(state.error["code"].to(str), state.error["args"], testid="dispute-error"),
                    rx.fragment(),
                ),
                tile_group("adm.dispute_ended", _tile("won", t("adm.dispute_does.won")), _lost(case), wide=True),
                note_box("dispute-note", times=state.times, on_told=state.write_note, label="adm.reason"),
                class_name="stack",
            ),
            rx.fragment(),
        ),
        opened=state.opened,
        on_close=state.close,
        actions=(
            button("adm.decide_keep", on_click=state.close, kind="secondary", testid="dispute-keep"),
            button(
                "adm.dispute_do", on_click=state.conclude, busy=state.busy, disabled=state.end == "",
                testid="dispute-do",
            ),
        ),
        id_="dispute",
    )  # fmt: skip


def _lost(case: Any) -> rx.Component:
    does = t(
        "adm.dispute_does.lost", money=money(case["amount"].to(int), case["currency"]),
        tokens=num(case["tokens"].to(int)), before=num(case["before"].to(int)), after=num(case["after"].to(int)),
    )  # fmt: skip
    return _tile("lost", does)


def _tile(end: str, does: Any) -> rx.Component:
    return radio_tile(
        "end",
        end,
        f"adm.dispute_is.{end}",
        checked=AdminDispute.end == end,
        on_pick=AdminDispute.choose(end),
        note=does,
        testid=f"dispute-{end}",
    )
