"""The look back as a table: by day, operation, model or session, with the sum of all its pages."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.disclosure import tabs
from billing_ui.components.icons import icon
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.table import table
from billing_ui.components.text import day, num, pair, t
from billing_ui.components.verdict import empty_state
from billing_ui.rules.usage_lists import GROUPS
from billing_ui.state.session import Session
from billing_ui.state.usage_explore import UsageExploreState

_FIGURES = ("events", "tokens", "charged", "free", "input", "output")


def explored_table() -> rx.Component:
    state, shown = UsageExploreState, record(UsageExploreState.shown)
    ways = record(state.ways)
    rows = shown["rows"].to(list[dict[str, Any]])
    groups = record(ways["groups"])
    heads = (
        (t("usage.by_is." + record(state.ask)["by"].to(str)), ""), ("usage.requests", "num"),
        (pair(shown["meter"]), "num"), ("overview.use_charged", "num"), ("overview.use_free", "num"),
        ("hist.use.input", "num"), ("hist.use.output", "num"),
    )  # fmt: skip
    listed = rx.fragment(
        rx.el.div(
            table("usage.explore", heads, rx.fragment(rx.foreach(rows, _row), _total()), stacks=False),
            class_name="explored",
        ),
        _pages(ways),
    )
    return card(
        rx.el.div(
            tabs(
                "usage.by",
                [
                    (f"usage.by_is.{group}", groups[group], record(state.ask)["by"] == group, f"by-{group}")
                    for group in GROUPS
                ],
            ),
            class_name="explored-tabs",
        ),
        rx.cond(
            record(state.ask)["by"] == "session",
            rx.el.p(t("usage.by_session_note"), class_name="fine explored-note"),
            rx.fragment(),
        ),
        rx.cond(state.ready & (rows.length() == 0), empty_state("usage.empty", icon_name="usage"), listed),
        class_name="card-flush",
    )


def _row(row: Any) -> rx.Component:
    by = record(UsageExploreState.ask)["by"]
    name = rx.match(
        by,
        ("day", day(row["at"], Session.zone)),
        ("operation", pair(row["name"])),
        ("model", rx.cond(row["key"] == "", t("usage.no_model"), row["key"].to(str))),
        rx.cond(row["key"] == "", t("usage.no_session"), row["key"].to(str)),
    )
    return rx.el.tr(
        rx.el.th(name, scope="row", class_name="lead"),
        *[rx.el.td(num(row[each]), class_name="num") for each in _FIGURES],
        key=row["key"].to(str),
        custom_attrs={"data-testid": "explore-row", "data-key": row["key"], "data-tokens": row["tokens"]},
    )


def _total() -> rx.Component:
    """Of all pages, not of this one."""
    totals = record(record(UsageExploreState.shown)["totals"])
    return rx.el.tr(
        rx.el.th(t("usage.total"), scope="row", class_name="lead"),
        *[rx.el.td(num(totals[each]), class_name="num") for each in _FIGURES],
        class_name="sums",
        custom_attrs={"data-testid": "explore-total"},
    )


def _pages(ways: Any) -> rx.Component:
    """Only where there is more than one."""
    return rx.cond(
        (ways["first"].to(str) != "") | (ways["next"].to(str) != ""),
        rx.el.nav(
            _step("list.first", ways["first"], "back", "explore-first"),
            _step("list.next", ways["next"], "next", "explore-next"),
            class_name="pager",
            custom_attrs={"aria-label": t("list.pages")},
        ),
        rx.fragment(),
    )


def _step(words: str, href: Any, shape: str, testid: str) -> rx.Component:
    parts = [t(words), icon(shape)] if shape == "next" else [icon(shape), t(words)]
    looks = "btn btn-secondary btn-sm"
    return rx.cond(
        href.to(str) != "",
        rx.el.a(*parts, href=href, class_name=looks, custom_attrs={"data-testid": testid}),
        rx.el.span(*parts, class_name=looks, custom_attrs={"aria-disabled": "true"}),
    )
