"""Bars over days, drawn from marks that the server has placed."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.charts.geometry import HEIGHT, WIDTH
from billing_ui.components.text import Words, said


def bars(title: Words, marks: Any, words_of: Any) -> rx.Component:
    """`marks` have `x width lower lower_y upper upper_y`; `words_of` says one mark in words, for whoever points at it.
    What the bars say must stand as a table beside them."""
    return rx.el.svg(
        rx.el.line(x1="0", x2=str(WIDTH), y1=str(HEIGHT), y2=str(HEIGHT), class_name="bars-ground"),
        rx.foreach(marks, lambda mark: _bar(mark, words_of)),
        view_box=f"0 0 {WIDTH} {HEIGHT + 1}",
        class_name="bars",
        role="img",
        custom_attrs={"aria-label": said(title), "preserveAspectRatio": "none"},
    )


def legend(lower: Words, upper: Words) -> rx.Component:
    """What the two parts of a bar are."""
    return rx.el.p(
        rx.el.span(class_name="swatch", custom_attrs={"data-part": "lower", "aria-hidden": "true"}),
        said(lower),
        rx.el.span(class_name="swatch", custom_attrs={"data-part": "upper", "aria-hidden": "true"}),
        said(upper),
        class_name="fine legend",
    )


def _bar(mark: Any, words_of: Any) -> rx.Component:
    return rx.el.g(
        rx.el.title(words_of(mark)),
        _part(mark, "lower", "bars-lower"),
        _part(mark, "upper", "bars-upper"),
        key=mark["first"].to(str),
    )


def _part(mark: Any, part: str, name: str) -> rx.Component:
    return rx.el.rect(
        x=mark["x"].to(str),
        y=mark[f"{part}_y"].to(str),
        width=mark["width"].to(str),
        height=mark[part].to(str),
        class_name=name,
    )
