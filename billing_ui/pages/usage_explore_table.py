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

# What is paid for says who paid and how many tokens went in and out; what is only counted has nothing of that.
_PAID = ("events", "tokens", "charged", "free", "input", "output")
_COUNTED = ("events", "tokens", "average")
_HEADS = {
    "events": "usage.requests", "charged": "overview.use_charged", "free": "overview.use_free",
    "input": "hist.use.input", "output": "hist.use.output", "average": "usage.average",
}  # fmt: skip


def explored_table() -> rx.Component:
    state, shown = UsageExploreState, record(UsageExploreState.shown)
    ways = record(state.ways)
    rows = shown["rows"].to(list[dict[str, Any]])
    groups = record(ways["groups"])
    listed = rx.fragment(
        rx.el.div(
            rx.cond(shown["is_paid"], _figures(shown, rows, _PAID), _figures(shown, rows, _COUNTED)),
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


def _figures(shown: Any, rows: Any, columns: tuple[str, ...]) -> rx.Component:
    by = record(UsageExploreState.ask)["by"].to(str)
    names = [(pair(shown["meter"]) if column == "tokens" else t(_HEADS[column]), "num") for column in columns]
    body = rx.fragment(rx.foreach(rows, lambda row: _row(row, columns)), _total(columns))
    return table("usage.explore", ((t("usage.by_is." + by), ""), *names), body, stacks=False)


def _row(row: Any, columns: tuple[str, ...]) -> rx.Component:
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
        *[rx.el.td(num(row[each]), class_name="num") for each in columns],
        key=row["key"].to(str),
        custom_attrs={"data-testid": "explore-row", "data-key": row["key"], "data-tokens": row["tokens"]},
    )


def _total(columns: tuple[str, ...]) -> rx.Component:
    """Of all pages, not of this one."""
    totals = record(record(UsageExploreState.shown)["totals"])
    return rx.el.tr(
        rx.el.th(t("usage.total"), scope="row", class_name="lead"),
        *[rx.el.td(num(totals[each]), class_name="num") for each in columns],
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
