"""One transaction in full, in a sheet beside the list: figures, story, receipt, what went back, how to go on paying."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import copy_button, link_button
from billing_ui.components.browser import Countdown
from billing_ui.components.disclosure import timeline
from billing_ui.components.drawer import drawer
from billing_ui.components.entries import about, kind_of, signed
from billing_ui.components.marks import status_badge
from billing_ui.components.notice import notice
from billing_ui.components.record import record
from billing_ui.components.text import language, money, num, t, when
from billing_ui.pages.history_use import use
from billing_ui.state.history import HistoryState
from billing_ui.state.session import Session


def row_drawer() -> rx.Component:
    shown = record(HistoryState.detail)
    return drawer(
        "hist.detail",
        rx.cond(
            shown["id"],
            rx.el.div(_head(shown), _pay(shown), _facts(shown), use(shown), _paper(shown), _back(shown), _story(shown),
                      class_name="stack"),
            notice(t("hist.missing"), tone="warn", icon_name="search"),
        ),
        opened=HistoryState.ready & (shown["id"].bool() | shown["missing"].bool()),
        on_close=HistoryState.close,
    )  # fmt: skip


def _head(shown: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(kind_of(shown), class_name="small muted"),
            rx.el.p(signed(shown), rx.el.span(t("unit.token_word"), class_name="stat-unit"), class_name="stat-value"),
        ),
        status_badge(shown["status"].to(str)),
        class_name="between wraps",
    )


def _pay(shown: Any) -> rx.Component:
    return rx.cond(
        shown["payable"],
        rx.el.div(
            rx.el.div(
                rx.el.span(t("hist.rest"), class_name="small muted"),
                Countdown.create(until=shown["until"].to(str), class_name="clock"),
                class_name="between",
            ),
            link_button("hist.resume", shown["pay"], wide=True, testid="drawer-resume"),
            class_name="well stack-sm",
        ),
        rx.fragment(),
    )


def _facts(shown: Any) -> rx.Component:
    zone = Session.zone
    return rx.el.dl(
        _fact("hist.time", when(shown["at"], zone)),
        rx.cond(
            shown["has_payment"],
            rx.fragment(
                _fact("hist.price", money(shown["price"], shown["currency"])),
                rx.cond(shown["fee"], _fact("topup.fee", money(shown["fee"], shown["currency"])), rx.fragment()),
                rx.cond(shown["tax"], _fact("hist.tax", money(shown["tax"], shown["currency"])), rx.fragment()),
                _fact("pay.amount", money(shown["amount"], shown["currency"])),
                _fact("pay.method", t("method." + shown["method"].to(str))),
                rx.cond(shown["paid_at"], _fact("pay.paid_at", when(shown["paid_at"], zone)), rx.fragment()),
            ),
            rx.cond(record(shown["used"])["name"], rx.fragment(), _fact("hist.description", about(shown))),
        ),
        rx.cond(shown["posted"], _fact("hist.after", num(shown["balance_after"])), rx.fragment()),
        _fact(
            "hist.id",
            rx.el.span(
                rx.el.span(shown["id"], class_name="mono"), copy_button(shown["id"], "pay.copy_ref"), class_name="ref"
            ),
        ),
        class_name="facts",
    )


def _fact(name: str, value: Any) -> rx.Component:
    return rx.fragment(rx.el.dt(t(name)), rx.el.dd(value, class_name="tnum"))


def _paper(shown: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            shown["receipt"],
            link_button(
                "pay.receipt",
                shown["receipt_pdf"].to(str) + "?lang=" + language(),
                icon_name="receipt",
                kind="secondary",
                testid="drawer-receipt",
                target="_blank",
            ),
            rx.fragment(),
        ),
        rx.cond(
            shown["has_payment"].bool() & ~shown["payable"].bool(),
            link_button("hist.to_payment", shown["pay"], kind="secondary", testid="drawer-payment"),
            rx.fragment(),
        ),
        class_name="row pay-actions",
    )


def _back(shown: Any) -> rx.Component:
    lines = shown["refunds"].to(list[dict[str, Any]])
    return rx.cond(
        lines.length() > 0,
        rx.el.div(
            rx.el.h3(t("hist.refunds"), class_name="drawer-sub"),
            rx.foreach(
                lines,
                lambda line: rx.el.div(
                    rx.el.div(
                        rx.el.p(money(line["amount"], line["currency"]), font_weight="600", class_name="tnum"),
                        rx.el.p(when(line["at"], Session.zone), class_name="fine tnum"),
                    ),
                    status_badge(line["status"].to(str)),
                    class_name="between",
                    key=line["id"].to(str),
                ),
            ),
            class_name="stack-sm",
        ),
        rx.fragment(),
    )


def _story(shown: Any) -> rx.Component:
    lines = shown["story"].to(list[dict[str, Any]])
    return rx.cond(
        lines.length() > 0,
        rx.el.div(
            rx.el.h3(t("pay.timeline"), class_name="drawer-sub"),
            timeline(lines, lambda event: t("pay.event." + event["status"].to(str)), Session.zone),
        ),
        rx.fragment(),
    )
