"""Disputes that wait for a person, and the dialog in which one is ended."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.choice import radio_tile, tile_group
from billing_ui.components.notice import notice
from billing_ui.components.record import record
from billing_ui.components.text import money, num, t, when
from billing_ui.pages.admin.dialog import act_dialog, note_box, refused, waiting_line
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
    return waiting_line(
        rx.el.p(told),
        rx.el.p(_said(line), " ", _due(line), class_name="small"),
        act="adm.dispute_end",
        on_act=AdminDispute.ask(line["id"].to(str)),
        act_testid="desk-dispute-end",
        **{"data-testid": "desk-disputed", "data-dispute": line["id"]},
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
    return act_dialog(
        "dispute",
        state,
        "adm.dispute_title",
        notice(rx.el.span(_said(case), " ", _due(case))),
        refused("dispute", state),
        tile_group("adm.dispute_ended", _tile("won", t("adm.dispute_does.won")), _lost(case), wide=True),
        note_box("dispute-note", state, "adm.reason"),
        act="adm.dispute_do",
        on_act=state.conclude,
        disabled=state.end == "",
    )


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
