"""What stands around a list: search, filters, the chips of filters in use, and the way to the pages beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.action import link
from billing_ui.components.browser import DayBox, SearchBox
from billing_ui.components.field import field
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said, t


def search_box(value: Any, on_search: Handler, label: Words = "list.search") -> rx.Component:
    """Tells what was typed once the typing rests; the key / leads into it."""
    return rx.el.div(
        icon("search"),
        SearchBox.create(
            value=value,
            on_search=on_search,
            id="list-search",
            custom_attrs={
                "aria-label": said(label),
                "placeholder": said(label),
                "maxLength": 80,
                "data-testid": "list-search",
            },
        ),
        role="search",
        class_name="search-box",
    )


def filter_select(
    name: str, label: Words, options: Sequence[tuple[str, Words]], *, value: Any, on_change: Handler
) -> rx.Component:
    """One filter; its first choice is all."""
    return field(
        label,
        rx.el.select(
            rx.el.option(t("list.all"), value=""),
            *[rx.el.option(said(words), value=option) for option, words in options],
            id=f"filter-{name}",
            value=value,
            on_change=on_change,
            class_name="input",
            custom_attrs={"data-testid": f"filter-{name}"},
        ),
        for_=f"filter-{name}",
    )


def filter_day(name: str, label: Words, *, value: Any, on_change: Handler) -> rx.Component:
    """One end of a range of days."""
    return field(
        label,
        DayBox.create(
            value=value,
            on_day=on_change,
            id=f"filter-{name}",
            custom_attrs={"min": "2020-01-01", "max": "2099-12-31", "data-testid": f"filter-{name}"},
        ),
        for_=f"filter-{name}",
    )


def filter_chips(items: Any, words_of: Any, clear: Any) -> rx.Component:
    """The filters in use, each a link to the list without it, and one to the list without any."""
    return rx.cond(
        items.length() > 0,
        rx.el.div(
            rx.foreach(items, lambda item: _chip(item, words_of(item))),
            link("list.clear", clear, custom_attrs={"data-testid": "filters-clear"}),
            role="group",
            class_name="filter-chips",
            custom_attrs={"aria-label": t("list.row_filters")},
        ),
        rx.fragment(),
    )


def _chip(item: Any, words: rx.Var[str]) -> rx.Component:
    return rx.el.a(
        words,
        icon("cross"),
        href=item["href"],
        key=item["name"].to(str),
        class_name="chip",
        custom_attrs={"aria-label": t("list.remove", name=words), "data-testid": "chip-" + item["name"].to(str)},
    )


def list_pager(links: Any, per: Any, sizes: Sequence[int], on_per: Handler) -> rx.Component:
    """Pages follow each other by key, so nothing has to be counted: first, newer and older are all one needs."""
    return rx.el.nav(
        rx.el.label(
            t("list.per_page"),
            rx.el.select(
                *[rx.el.option(str(size), value=str(size)) for size in sizes],
                value=per,
                on_change=on_per,
                class_name="input input-sm",
                custom_attrs={"data-testid": "filter-per"},
            ),
            class_name="per-page",
        ),
        rx.el.span(
            _step("hist.first", links["first"], "", "page-first"),
            _step("hist.newer", links["newer"], "back", "page-newer"),
            _step("hist.older", links["older"], "next", "page-older"),
            class_name="pager-steps",
        ),
        class_name="pager",
        custom_attrs={"aria-label": t("list.pages")},
    )


def _step(words: str, href: Any, shape: str, testid: str) -> rx.Component:
    parts = [t(words), icon(shape)] if shape == "next" else [icon(shape) if shape else rx.fragment(), t(words)]
    return rx.cond(
        href != "",
        rx.el.a(*parts, href=href, class_name="btn btn-secondary btn-sm", custom_attrs={"data-testid": testid}),
        rx.el.span(*parts, class_name="btn btn-secondary btn-sm", custom_attrs={"aria-disabled": "true"}),
    )
