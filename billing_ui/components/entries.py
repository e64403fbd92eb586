"""Transactions as a table that turns into cards on phones; one look for the overview and the history."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.action import link
from billing_ui.components.marks import status_badge
from billing_ui.components.table import skeleton_rows, table
from billing_ui.components.text import money, num, t, when

HEADS = (
    ("hist.time", ""),
    ("hist.description", ""),
    ("hist.amount", "num"),
    ("hist.after", "num"),
    ("hist.status", ""),
)
# Where each cell stands when a row becomes a card on a phone.
CELLS = ("quiet", "lead", "num", "num quiet", "mark")


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
        rx.el.td(_what(row), class_name="lead"),
        rx.el.td(_signed(row), class_name="num"),
        rx.el.td(rx.cond(row["posted"], num(row["balance_after"]), "–"), class_name="num quiet"),
        rx.el.td(status_badge(row["status"].to(str)), class_name="mark"),
        key=row["id"].to(str),
        custom_attrs={
            "data-testid": "history-row",
            "data-id": row["id"],
            "data-kind": row["kind"],
            "data-tokens": row["tokens"],
            "data-balance-after": row["balance_after"],
            "data-status": row["status"],
        },
    )


def _what(row: ObjectVar[dict[str, Any]]) -> rx.Component:
    kind = rx.match(
        row["kind"],
        ("topup", t("hist.topup")),
        ("usage", t("hist.usage")),
        ("refund", t("hist.refund")),
        t("hist.adjust"),
    )
    paid = rx.cond(
        row["amount"],
        rx.el.span(
            money(row["amount"], row["currency"]), " · ", t("method." + row["method"].to(str)), class_name="fine"
        ),
        rx.fragment(),
    )
    name = rx.cond(row["href"] != "", link(kind, row["href"]), rx.el.span(kind, font_weight="500"))
    resume = rx.cond(row["payable"], link("hist.resume", row["href"]), rx.fragment())
    return rx.el.div(rx.el.div(name, " ", resume, class_name="row row-tight"), paid)


def _signed(row: ObjectVar[dict[str, Any]]) -> rx.Component:
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
