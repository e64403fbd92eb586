"""Cards, figures and meters: where numbers are read."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.text import Words, said


def card(*children: Any, title: Words | None = None, action: rx.Component | None = None, **props: Any) -> rx.Component:
    """A surface with an optional heading and one action beside it."""
    head = rx.fragment()
    if title is not None:
        head = rx.el.div(rx.el.h2(said(title)), rx.fragment() if action is None else action, class_name="card-head")
    extra = props.pop("class_name", "")
    return rx.el.section(head, *children, class_name=f"card {extra}".strip(), **props)


def stat(
    label: Words, value: Any, *, unit: Words | None = None, note: Any = None, attrs: dict[str, Any] | None = None
) -> rx.Component:
    """One large figure. `attrs` sit on the figure itself."""
    return rx.el.div(
        rx.el.p(said(label), class_name="stat-label"),
        rx.el.p(
            value,
            rx.fragment() if unit is None else rx.el.span(said(unit), class_name="stat-unit"),
            class_name="stat-value",
            custom_attrs=attrs or {},
        ),
        rx.fragment() if note is None else rx.el.div(note, class_name="stat-note"),
        class_name="stack-sm",
    )


def balance_stat(tokens: rx.Var[int], value: Any, unit: Words, note: Any = None) -> rx.Component:
    """The balance, large, with the raw number for whoever reads the page by machine."""
    return stat("balance.title", value, unit=unit, note=note, attrs={"data-testid": "balance", "data-value": tokens})


def meter(percent: rx.Var[int], *, tone: Any = "") -> rx.Component:
    """A bar for the eye alone: a sentence beside it carries the meaning."""
    return rx.el.div(
        rx.el.div(style={"width": percent.to(str) + "%"}),
        class_name="meter",
        custom_attrs={"data-tone": tone, "aria-hidden": "true"},
    )


def facts(rows: Sequence[tuple[Words, Any] | rx.Component], *, total: tuple[Words, Any] | None = None) -> rx.Component:
    """Names and values in two columns; the last may be the sum. `fact_where` makes a row that is not always there."""
    cells: list[rx.Component] = []
    for row in rows:
        cells += [row] if isinstance(row, rx.Component) else _cells(*row)
    if total is not None:
        cells += [rx.el.dt(said(total[0]), class_name="sum"), rx.el.dd(total[1], class_name="sum tnum")]
    return rx.el.dl(*cells, class_name="facts")


def fact_where(is_there: rx.Var[Any], name: Words, value: Any) -> rx.Component:
    """One row of `facts` under a condition."""
    return rx.cond(is_there, rx.fragment(*_cells(name, value)), rx.fragment())


def _cells(name: Words, value: Any) -> list[rx.Component]:
    return [rx.el.dt(said(name)), rx.el.dd(value, class_name="tnum")]


def skeleton(height: str = "20px", width: str = "100%") -> rx.Component:
    """A bone of exactly the size of what will stand there."""
    return rx.el.div(class_name="bone", style={"height": height, "width": width}, custom_attrs={"aria-hidden": "true"})
