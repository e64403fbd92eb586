"""What narrows the look back: days by name or one by one, operation and model, and what is in use as chips."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.field import field
from billing_ui.components.listing import filter_chips, filter_day
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.text import day, pair, t
from billing_ui.state.usage_explore import UsageExploreState


def filters() -> rx.Component:
    shown, ways = record(UsageExploreState.shown), record(UsageExploreState.ways)
    operations = rx.foreach(
        shown["operations"].to(list[dict[str, Any]]),
        lambda each: rx.el.option(pair(each["name"]), value=each["value"].to(str)),
    )
    models = rx.foreach(shown["models"].to(list[str]), lambda each: rx.el.option(each, value=each))
    return card(
        rx.el.nav(
            rx.foreach(ways["ranges"].to(list[dict[str, Any]]), _range),
            class_name="row ranges",
            custom_attrs={"aria-label": t("usage.range")},
        ),
        rx.el.div(
            _day("from", "list.from"),
            _day("to", "list.to"),
            _meters(shown),
            _select("op", "usage.by_is.operation", operations),
            _select("model", "usage.by_is.model", models),
            class_name="filter-grid",
        ),
        filter_chips(UsageExploreState.chips, _chip_words, ways["all"].to(str)),
        class_name="stack",
        role="search",
        custom_attrs={"aria-label": t("list.filters")},
    )


def _asked(name: str) -> rx.Var[str]:
    """What the address asks for; empty until the page is alive."""
    return rx.cond(record(UsageExploreState.ask)[name], record(UsageExploreState.ask)[name], "").to(str)


def _range(each: Any) -> rx.Component:
    return rx.el.a(
        t("range." + each["name"].to(str)),
        href=each["href"],
        class_name="chip",
        key=each["name"].to(str),
        custom_attrs={
            "aria-current": rx.cond(each["current"], "true", "false"),
            "data-testid": "range-" + each["name"].to(str),
        },
    )


def _day(name: str, label: str) -> rx.Component:
    return filter_day(name, label, value=_asked(name), on_change=lambda value: UsageExploreState.narrow(name, value))


def _meters(shown: Any) -> rx.Component:
    """Nothing to choose where only one thing is counted."""
    meters = shown["meters"].to(list[dict[str, Any]])
    options = rx.foreach(meters, lambda each: rx.el.option(pair(each["name"]), value=each["value"].to(str)))
    return rx.cond(shown["has_meters"], _select("meter", "usage.meter", options, has_all=False), rx.fragment())


def _select(name: str, label: str, options: rx.Component, *, has_all: bool = True) -> rx.Component:
    control = rx.el.select(
        rx.el.option(t("list.all"), value="") if has_all else rx.fragment(),
        options,
        id=f"filter-{name}",
        value=_asked(name),
        on_change=lambda value: UsageExploreState.narrow(name, value),
        class_name="input",
        custom_attrs={"data-testid": f"filter-{name}"},
    )
    return field(label, control, for_=f"filter-{name}")


def _chip_words(chip: Any) -> rx.Var[Any]:
    value = chip["value"].to(str)
    local = value + "T12:00:00Z"
    return rx.match(
        chip["name"],
        ("meter", pair(record(UsageExploreState.shown)["meter"])),
        ("op", pair(record(UsageExploreState.shown)["operation"])),
        ("from", t("list.from") + " " + day(local, "UTC")),
        ("to", t("list.to") + " " + day(local, "UTC")),
        value,
    )
