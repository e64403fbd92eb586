"""The head of the history: how the payments of the account went."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.charts.bars import bars
from billing_ui.components.disclosure import fold
from billing_ui.components.record import record
from billing_ui.components.surface import card, skeleton
from billing_ui.components.table import table
from billing_ui.components.text import day, money, num, t
from billing_ui.pages.history_then import look_back
from billing_ui.state.history import HistoryState
from billing_ui.state.session import Session


def history_stats() -> rx.Component:
    shown = record(HistoryState.stats)
    return card(
        rx.cond(
            HistoryState.stats,
            rx.fragment(_title(shown), _figures(shown), _more(shown)),
            _bones(),
        ),
        fold("then.title", look_back()),
        class_name="stats-card",
    )


def _bones() -> rx.Component:
    """The room of what comes, so that the list below does not move."""
    figure = rx.el.div(skeleton("21px", "70%"), skeleton("28px", "50%"))
    return rx.fragment(
        rx.el.div(skeleton("22px", "320px"), class_name="section-title"),
        rx.el.div(*[figure] * 4, class_name="figures"),
        rx.el.div(skeleton("24px", "40%"), class_name="fold py-3"),
    )


def _title(shown: Any) -> rx.Component:
    span = t("stats.title", first=_day(shown["first_at"]), last=_day(shown["last_at"]))
    return rx.el.h2(span, class_name="section-title")


def _figures(shown: Any) -> rx.Component:
    took = record(shown["took"])
    return rx.el.dl(
        _figure("stats.count", num(shown["count"]), "stats-count", shown["count"]),
        _figure(
            "stats.success",
            rx.cond(shown["decided"], t("stats.percent", percent=shown["percent"]), "–"),
            "stats-success",
            shown["percent"],
        ),
        _figure("stats.paid", _sums(shown["sums"]), "stats-paid", ""),
        _figure("stats.median", rx.cond(took["key"], t(took["key"], count=took["count"]), "–"), "stats-median", ""),
        class_name="figures",
    )


def _figure(name: str, value: Any, testid: str, raw: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t(name), class_name="stat-label"),
        rx.el.dd(value, class_name="figure", custom_attrs={"data-testid": testid, "data-value": raw}),
    )


def _sums(sums: Any) -> rx.Component:
    """Sums never mix: one for each currency."""
    listed = sums.to(list[dict[str, Any]])
    each = rx.foreach(listed, lambda one: rx.el.span(money(one["amount"], one["currency"]), class_name="sum-of"))
    return rx.cond(listed.length() > 0, rx.el.span(each), rx.el.span("–"))


def _more(shown: Any) -> rx.Component:
    marks = shown["bars"].to(list[dict[str, Any]])
    nothing = rx.el.p(t("stats.none"), class_name="small")
    return fold("stats.more", rx.cond(shown["count"], _tables(shown, marks), nothing))


def _tables(shown: Any, marks: Any) -> rx.Component:
    return rx.el.div(
        bars("stats.chart", marks, _bar_words),
        table(
            "stats.days",
            (("stats.day", ""), *_HEADS),
            rx.foreach(shown["days"].to(list[dict[str, Any]]), lambda each: _tally(_span(each), each, each["first"])),
            stacks=False,
        ),
        table(
            "stats.methods",
            (("pay.method", ""), *_HEADS),
            rx.foreach(
                shown["methods"].to(list[dict[str, Any]]),
                lambda each: _tally(t("method." + each["method"].to(str)), each, each["method"]),
            ),
            stacks=False,
        ),
        class_name="stack",
    )


_HEADS = (("stats.made", "num"), ("stats.done", "num"), ("stats.paid", "num"))


def _tally(name: Any, each: Any, key: Any) -> rx.Component:
    return rx.el.tr(
        rx.el.th(name, scope="row", class_name="lead"),
        rx.el.td(num(each["count"]), class_name="num"),
        rx.el.td(num(each["paid"]), class_name="num"),
        rx.el.td(_sums(each["sums"]), class_name="num"),
        key=key.to(str),
    )


def _bar_words(mark: Any) -> rx.Var[str]:
    return t("stats.bar", day=_span(mark), paid=num(mark["paid"]), count=num(mark["count"]))


def _span(each: Any) -> Any:
    first, last = _day(each["first_at"]), _day(each["last_at"])
    return rx.cond(each["first"] == each["last"], first, first + "\u00a0– " + last)


def _day(at: Any) -> rx.Var[str]:
    return day(at, Session.zone)
