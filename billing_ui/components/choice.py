"""Choosing one or more of several: tiles in labelled groups, chips, and small switches."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.text import Handler, Words, said


def tile_group(legend: Words, *tiles: rx.Component, wide: bool = False) -> rx.Component:
    """A fieldset of tiles; the legend is spoken with every tile."""
    return rx.el.fieldset(
        rx.el.legend(said(legend), class_name="group-title"),
        rx.el.div(*tiles, class_name="tiles tiles-wide" if wide else "tiles"),
    )


def radio_tile(
    name: str,
    value: Any,
    title: Words,
    *,
    checked: rx.Var[bool] | bool,
    on_pick: Handler,
    note: Words | None = None,
    tag: rx.Component | None = None,
    disabled: rx.Var[bool] | bool = False,
    testid: Any = "",
    attrs: dict[str, Any] | None = None,
) -> rx.Component:
    """One choice: a real radio under a surface that is easy to hit. `on_pick` gets no argument."""
    return rx.el.label(
        rx.el.input(
            type="radio", name=name, value=value, checked=checked, disabled=disabled, on_change=lambda _: on_pick
        ),
        rx.el.span(class_name="tile-mark", custom_attrs={"aria-hidden": "true"}),
        rx.fragment() if tag is None else tag,
        rx.el.span(said(title), class_name="tile-title tnum"),
        rx.fragment() if note is None else rx.el.span(said(note), class_name="tile-note"),
        class_name="tile",
        custom_attrs={"data-testid": testid, **(attrs or {})},
    )


def check_tile(
    name: str, value: str, title: Words, *, checked: rx.Var[bool] | bool, on_pick: Handler, note: Words, testid: str
) -> rx.Component:
    """One of several that may be chosen together; `on_pick` gets no argument."""
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, value=value, checked=checked, on_change=lambda _: on_pick),
        rx.el.span(class_name="tile-mark", custom_attrs={"aria-hidden": "true"}),
        rx.el.span(said(title), class_name="tile-title"),
        rx.el.span(said(note), class_name="tile-note"),
        class_name="tile",
        custom_attrs={"data-testid": testid},
    )


def tile_tag(words: Words) -> rx.Component:
    """A word above a tile's title, such as “most popular”."""
    return rx.el.span(said(words), class_name="tile-tag")


def chip(words: Words, *, pressed: rx.Var[bool] | bool, on_click: Handler, testid: str = "") -> rx.Component:
    """A filter that is on or off."""
    return rx.el.button(
        said(words),
        type="button",
        on_click=on_click,
        class_name="chip",
        custom_attrs={"aria-pressed": rx.cond(pressed, "true", "false"), **({"data-testid": testid} if testid else {})},
    )


def chips(label: Words, items: Sequence[rx.Component]) -> rx.Component:
    """Chips that belong together."""
    return rx.el.div(*items, role="group", class_name="row", custom_attrs={"aria-label": said(label)})
