"""Tables that keep their height while loading and become cards on phones; the pager is made of links."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.icons import icon
from billing_ui.components.surface import skeleton
from billing_ui.components.text import Words, num, said, t


def table(caption: Words, heads: Sequence[tuple[Words, str]], body: Any, *, stacks: bool = True) -> rx.Component:
    """`heads` are words and a class, `body` is rows made by `rx.foreach` with a key.

    On phones a row becomes a card; the classes of its cells say where they stand there: `lead` top left, `num` top
    right, `quiet` and `num quiet` in the second line, `about` in the third, `mark` below. A small table of figures does
    not stack.
    """
    return rx.el.div(
        rx.el.table(
            rx.el.caption(said(caption), class_name="sr-only"),
            rx.el.thead(rx.el.tr(*[rx.el.th(said(words), scope="col", class_name=name) for words, name in heads])),
            rx.el.tbody(body),
            class_name="table stackable" if stacks else "table figures-table",
        ),
        class_name="table-wrap",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": said(caption)},
    )


def skeleton_rows(rows: int, classes: Sequence[str]) -> rx.Component:
    """Bones in the places and height of real rows; `classes` are those of the cells."""
    bones = [rx.el.td(skeleton("16px", "64px" if "num" in name else "70%"), class_name=name) for name in classes]
    return rx.fragment(*[rx.el.tr(*bones) for _ in range(rows)])


def pager(
    *, first: rx.Var[int], last: rx.Var[int], total: rx.Var[int], previous: rx.Var[str], following: rx.Var[str]
) -> rx.Component:
    """Where the reader is, and links to the pages beside; an empty address means there is none."""
    return rx.el.nav(
        rx.el.span(t("list.range", **{"from": first, "to": last, "total": num(total)}), class_name="tnum"),
        rx.el.span(_step("list.prev", previous, "back"), _step("list.next", following, "next"), class_name="row"),
        class_name="pager",
        custom_attrs={"aria-label": t("list.pages")},
    )


def _step(words: str, href: rx.Var[str], shape: str) -> rx.Component:
    return rx.cond(
        href != "",
        rx.el.a(icon(shape), t(words), href=href, class_name="btn btn-secondary btn-sm"),
        rx.el.span(
            icon(shape), t(words), class_name="btn btn-secondary btn-sm", custom_attrs={"aria-disabled": "true"}
        ),
    )
