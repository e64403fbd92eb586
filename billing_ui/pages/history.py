"""All transactions of the account: found, filtered, opened, taken along; every view of it has an address."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.entries import entries
from billing_ui.components.icons import icon
from billing_ui.components.listing import filter_chips, filter_day, filter_select, list_pager, search_box
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.text import day, language, t
from billing_ui.components.verdict import empty_state, error_state
from billing_ui.pages.history_detail import row_drawer
from billing_ui.pages.history_stats import history_stats
from billing_ui.pages.shell import customer_page
from billing_ui.queries.history import STATUSES
from billing_ui.queries.postings import KINDS
from billing_ui.rules.lists import SIZES
from billing_ui.rules.methods import METHODS
from billing_ui.state.history import HistoryState
from billing_ui.state.history_labels import PATH
from billing_ui.state.session import Session


def page() -> rx.Component:
    return customer_page(
        rx.el.div(
            history_stats(),
            card(_tools(), _list(), class_name="card-flush"),
            row_drawer(),
            class_name="stack",
        ),
        here="history",
        title="hist.title",
        lead="hist.lead",
        ready=HistoryState.ready,
        on_visible=HistoryState.reread,
    )


def _tools() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            search_box(_asked("q"), HistoryState.search),
            link_button(
                "list.export",
                record(HistoryState.links)["export"].to(str) + language(),
                kind="secondary",
                icon_name="download",
                testid="history-export",
                # A browser closes the new tab when a file comes; a refusal, or the way to sign in, can be read there.
                target="_blank",
            ),
            class_name="tools-row",
        ),
        rx.el.details(
            rx.el.summary(t("list.filters"), icon("down"), custom_attrs={"data-testid": "filters"}),
            _filters(),
            class_name="filters",
        ),
        filter_chips(HistoryState.chips, _chip_words, PATH),
        class_name="tools",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        _select("type", "hist.kind", [(kind, f"hist.{kind}") for kind in KINDS]),
        _select("status", "hist.status", [(status, f"st.{status}") for status in STATUSES]),
        _select("method", "pay.method", [(code, f"method.{code}") for code in METHODS]),
        _day("from", "list.from"),
        _day("to", "list.to"),
        class_name="filter-grid",
    )


def _select(name: str, label: str, options: list[tuple[str, str]]) -> rx.Component:
    return filter_select(
        name, label, options, value=_asked(name), on_change=lambda value: HistoryState.narrow(name, value)
    )


def _day(name: str, label: str) -> rx.Component:
    return filter_day(name, label, value=_asked(name), on_change=lambda value: HistoryState.narrow(name, value))


def _asked(name: str) -> rx.Var[str]:
    """What the address asks for; empty until the page is alive."""
    return rx.cond(record(HistoryState.ask)[name], record(HistoryState.ask)[name], "").to(str)


def _chip_words(chip: Any) -> rx.Var[Any]:
    value = chip["value"].to(str)
    local = value + "T12:00:00Z"
    return rx.match(
        chip["name"],
        ("type", t("hist." + value)),
        ("status", t("st." + value)),
        ("method", t("method." + value)),
        ("from", t("list.from") + " " + day(local, "UTC")),
        ("to", t("list.to") + " " + day(local, "UTC")),
        "“" + value + "”",
    )


def _list() -> rx.Component:
    """Nothing yet, nothing that matches, and not readable are three different things."""
    rows = entries(HistoryState.rows, Session.zone, HistoryState.ready, 8)
    nothing = rx.cond(
        HistoryState.chips.length() > 0,
        empty_state(
            "list.none",
            icon_name="search",
            action=link_button("list.clear", PATH, kind="secondary", testid="nothing-matches"),
        ),
        empty_state("hist.empty", action=link_button("balance.topup", "/subscription/topup/", kind="secondary")),
    )
    return rx.cond(
        HistoryState.failed,
        error_state(HistoryState.reread),
        rx.cond(
            HistoryState.ready & (HistoryState.rows.length() == 0),
            nothing,
            rx.fragment(rows, list_pager(record(HistoryState.links), _asked("per"), SIZES, _per)),
        ),
    )


def _per(value: Any) -> Any:
    return HistoryState.narrow("per", value)
