"""Transactions as a table that turns into cards on phones; one look for the overview and the history."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.action import link
from billing_ui.components.browser import Countdown
from billing_ui.components.marks import status_badge
from billing_ui.components.table import skeleton_rows, table
from billing_ui.components.text import money, num, pair, t, when

HEADS = (
    ("hist.time", ""),
    ("hist.kind", ""),
    ("hist.description", ""),
    ("hist.amount", "num"),
    ("hist.after", "num"),
    ("hist.status", ""),
)
# Where each cell stands when a row becomes a card on a phone.
CELLS = ("quiet", "lead", "about", "num", "num quiet", "mark")


def entries(rows: Any, zone: Any, ready: Any, bones: int) -> rx.Component:
    """`rows` are labels of history rows; `bones` rows of skeleton keep the place while they are read."""
    return table(
        "hist.caption",
        HEADS,
        rx.cond(ready, rx.foreach(rows, lambda row: _row(row, zone)), skeleton_rows(bones, CELLS)),
    )


def _row(row: ObjectVar[dict[str, Any]], zone: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.td(rx.el.time(when(row["at"], zone), date_time=row["at"].to(str)), class_name="quiet tnum"),
        rx.el.td(rx.el.a(kind_of(row), href=row["href"], class_name="row-link"), class_name="lead"),
        rx.el.td(about(row), class_name="about"),
        rx.el.td(signed(row), class_name="num"),
        rx.el.td(rx.cond(row["posted"], num(row["balance_after"]), "–"), class_name="num quiet"),
        rx.el.td(_standing(row), class_name="mark"),
        key=row["id"].to(str),
        class_name="linked",
        custom_attrs={
            "data-testid": "history-row",
            "data-id": row["id"],
            "data-kind": row["kind"],
            "data-tokens": row["tokens"],
            "data-balance-after": row["balance_after"],
            "data-status": row["status"],
        },
    )


def kind_of(row: ObjectVar[dict[str, Any]]) -> rx.Var[Any]:
    return rx.match(
        row["kind"],
        ("topup", t("hist.topup")),
        ("usage", t("hist.usage")),
        ("refund", t("hist.refund")),
        t("hist.adjust"),
    )


def about(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    """What was paid and how; else what kind of correction it was, or what was used."""
    other = rx.match(
        row["word"],
        ("usage", _use(row)),
        ("grant", rx.el.span(t("hist.what.grant"))),
        ("deduct", rx.el.span(t("hist.what.deduct"))),
        ("expire", rx.el.span(t("hist.what.expire"))),
        ("refund", rx.el.span(t("hist.what.refund"))),
        ("dispute", rx.el.span(t("hist.what.dispute"))),
        ("topup", rx.fragment()),
        rx.el.span(t("hist.what.correction")),
    )
    paid = rx.el.span(money(row["amount"], row["currency"]), " · ", t("method." + row["method"].to(str)))
    return rx.cond(row["amount"], paid, other)


def _use(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    """What was done and by which model; below it what the plan gave, which no amount beside it shows."""
    used = row["used"].to(dict[str, Any])
    model = rx.cond(
        used["model"],
        rx.el.span(" · ", rx.el.span(used["model"], class_name="whole"), class_name="muted"),
        rx.fragment(),
    )
    return rx.cond(
        used["name"],
        rx.el.span(
            rx.el.span(pair(used["name"]), rx.cond(used["model"], model, rx.fragment())),
            rx.cond(
                used["free"],
                rx.el.span(t("hist.use.free", tokens=num(used["free"])), class_name="fine muted block"),
                rx.fragment(),
            ),
            rx.foreach(
                used["drew"].to(list[dict[str, Any]]),
                lambda drew: rx.el.span(pair(drew["name"]), ": ", num(drew["quantity"]), class_name="fine muted block"),
            ),
        ),
        rx.el.span(row["ref"], class_name="mono fine"),
    )


def signed(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    """Tokens that moved the balance carry their sign; tokens that are only asked for are quiet."""
    return rx.cond(
        row["posted"],
        rx.cond(
            row["tokens"].to(int) > 0,
            rx.el.span("+", num(row["tokens"]), class_name="gain"),
            rx.el.span(num(row["tokens"])),
        ),
        rx.el.span(num(row["tokens"]), class_name="muted"),
    )


def _standing(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    """Where it stands; what waits for money says for how long, and leads to its code."""
    return rx.el.div(
        status_badge(row["status"].to(str)),
        rx.cond(
            row["payable"],
            rx.el.span(
                link("hist.resume", row["pay"], custom_attrs={"data-testid": "history-resume"}),
                Countdown.create(until=row["until"].to(str), class_name="fine clock"),
                class_name="resume",
            ),
            rx.fragment(),
        ),
        class_name="standing",
    )
