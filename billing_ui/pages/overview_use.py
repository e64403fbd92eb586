"""The use on the first page: thirty days as bars and as a table, and the month by operation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link
from billing_ui.components.charts.bars import bars, legend
from billing_ui.components.disclosure import fold
from billing_ui.components.operations import operations
from billing_ui.components.record import record
from billing_ui.components.surface import card, skeleton
from billing_ui.components.table import table
from billing_ui.components.text import day, num, t
from billing_ui.components.verdict import empty_state
from billing_ui.state.overview import OverviewState
from billing_ui.state.session import Session


def use() -> rx.Component:
    shown = record(OverviewState.use)
    return rx.cond(
        OverviewState.ready,
        rx.cond(
            shown["total"],
            rx.el.div(_days(shown), _operations(shown), class_name="pair"),
            card(empty_state("usage.empty"), title="overview.use_days"),
        ),
        rx.el.div(
            card(skeleton("220px"), title="overview.use_days"),
            card(skeleton("220px"), title="overview.by_operation"),
            class_name="pair",
        ),
    )


def _days(shown: Any) -> rx.Component:
    marks = shown["bars"].to(list[dict[str, Any]])
    return card(
        rx.el.p(t("overview.use_total", count=num(shown["total"]), meter=shown["meter"]), class_name="small"),
        bars("overview.use_chart", marks, _words),
        rx.cond(shown["is_paid"], legend("overview.use_charged", "overview.use_free"), rx.fragment()),
        fold(
            "usage.table",
            table(
                "overview.use_days",
                (("stats.day", ""), ("overview.use_all", "num"), ("overview.use_charged", "num")),
                rx.foreach(shown["days"].to(list[dict[str, Any]]), _day),
                stacks=False,
            ),
        ),
        title="overview.use_days",
        class_name="stack",
    )


def _words(mark: Any) -> rx.Var[str]:
    return t("overview.use_bar", day=day(mark["at"], Session.zone), count=num(mark["tokens"]))


def _day(each: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(day(each["at"], Session.zone), scope="row", class_name="lead"),
        rx.el.td(num(each["tokens"]), class_name="num"),
        rx.el.td(num(each["charged"]), class_name="num"),
        key=each["first"].to(str),
    )


def _operations(shown: Any) -> rx.Component:
    return card(
        operations(shown["operations"].to(list[dict[str, Any]])),
        title="overview.by_operation",
        action=link("overview.all", "/usage/"),
    )
