"""/usage/explore/: the use of any days, by day, operation, model or session, to be read and taken along."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.charts.bars import bars, legend
from billing_ui.components.record import record
from billing_ui.components.surface import card, skeleton
from billing_ui.components.text import day, language, num, pair, t
from billing_ui.components.verdict import error_state
from billing_ui.pages.shell import customer_page
from billing_ui.pages.usage_explore_filters import filters
from billing_ui.pages.usage_explore_table import explored_table
from billing_ui.state.session import Session
from billing_ui.state.usage_explore import UsageExploreState


def page() -> rx.Component:
    state = UsageExploreState
    body = rx.fragment(filters(), _sums(), explored_table())
    return customer_page(
        rx.el.div(
            rx.cond(state.failed, card(error_state(state.reread)), body),
            class_name="stack",
        ),
        here="usage",
        title="usage.explore",
        lead="usage.explore_lead",
        action=link_button(
            "list.export",
            record(state.ways)["export"].to(str) + language(),
            kind="secondary",
            icon_name="download",
            testid="usage-export",
            # A browser closes the new tab when a file comes; a refusal, or the way to sign in, can be read there.
            target="_blank",
        ),
        ready=state.ready,
        on_visible=state.reread,
    )


def _shown() -> Any:
    return record(UsageExploreState.shown)


def _sums() -> rx.Component:
    shown = _shown()
    totals = record(shown["totals"])
    paid = rx.cond(
        shown["is_paid"],
        rx.fragment(
            _figure("overview.use_charged", num(totals["charged"]), "charged", totals["charged"]),
            _figure("overview.use_free", num(totals["free"]), "free", totals["free"]),
        ),
        rx.fragment(),
    )
    told = rx.fragment(
        rx.el.h2(_span(shown), class_name="section-title"),
        rx.el.dl(
            _figure("usage.requests", num(totals["events"]), "events", totals["events"]),
            _figure(pair(shown["meter"]), num(totals["tokens"]), "tokens", totals["tokens"]),
            paid,
            _figure("usage.average", num(totals["average"]), "average", totals["average"]),
            class_name="figures",
        ),
        rx.cond(totals["events"], _chart(shown), rx.fragment()),
        rx.el.p(t("usage.zone", zone=shown["zone"]), class_name="fine mt-2"),
    )
    return card(rx.cond(UsageExploreState.ready, told, skeleton("228px")))


def _chart(shown: Any) -> rx.Component:
    """The table below says the same."""
    return rx.fragment(
        bars("overview.use_chart", shown["bars"].to(list[dict[str, Any]]), _bar_words),
        rx.cond(shown["is_paid"], legend("overview.use_charged", "overview.use_free"), rx.fragment()),
    )


def _figure(name: Any, value: Any, which: str, raw: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(t(name) if isinstance(name, str) else name, class_name="stat-label"),
        rx.el.dd(value, class_name="figure", custom_attrs={"data-testid": f"explore-{which}", "data-value": raw}),
    )


def _span(each: Any) -> Any:
    first, last = day(each["first_at"], Session.zone), day(each["last_at"], Session.zone)
    return rx.cond(each["first_at"] == each["last_at"], first, t("usage.span", first=first, last=last))


def _bar_words(mark: Any) -> rx.Var[str]:
    return t("overview.use_bar", day=_span(mark), count=num(mark["tokens"]))
