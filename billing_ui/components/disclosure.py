"""What opens and closes: tabs that are links, folds, the modal, steps and the timeline."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.browser import Dialog
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said, when


def tabs(label: Words, items: Sequence[tuple[Words, Any, Any, str]]) -> rx.Component:
    """Items are words, address, whether current, and a test id."""
    return rx.el.nav(
        *[
            rx.el.a(
                said(words),
                href=href,
                class_name="tab",
                custom_attrs={
                    "aria-current": rx.cond(current, "page", "false"),
                    **({"data-testid": testid} if testid else {}),
                },
            )
            for words, href, current, testid in items
        ],
        class_name="tabs",
        custom_attrs={"aria-label": said(label)},
    )


def fold(summary: Words, *body: Any, group: str = "", opened: bool = False) -> rx.Component:
    """A native disclosure; folds of one group close each other."""
    return rx.el.details(
        rx.el.summary(said(summary), icon("down")),
        rx.el.div(*body, class_name="fold-body"),
        class_name="fold",
        open=opened,
        custom_attrs={"name": group} if group else {},
    )


def modal(
    title: Words,
    *body: Any,
    opened: rx.Var[bool],
    on_close: Handler,
    actions: Sequence[rx.Component],
    id_: str = "modal",
) -> rx.Component:
    """A question that must be answered first. Actions have equal weight."""
    return Dialog.create(
        rx.el.h2(said(title), id=f"{id_}-title"),
        rx.el.div(*body, class_name="stack-sm", margin_top="12px", color="var(--ink2)"),
        rx.el.div(*actions, class_name="modal-actions"),
        open=opened,
        on_close=on_close,
        class_name="modal",
        custom_attrs={"aria-labelledby": f"{id_}-title"},
    )


def steps(items: Sequence[Words]) -> rx.Component:
    """Numbered steps from the catalogue."""
    return rx.el.ol(*[rx.el.li(rx.el.span(said(words))) for words in items], class_name="steps")


def steps_of(items: Any, words_of: Any) -> rx.Component:
    """Numbered steps from a list Var; `words_of` turns one item into words."""
    return rx.el.ol(rx.foreach(items, lambda item: rx.el.li(rx.el.span(words_of(item)))), class_name="steps")


def timeline(events: Any, words_of: Any, zone: Any) -> rx.Component:
    """What happened and when; each event is an object with `at`."""
    return rx.el.ol(
        rx.foreach(
            events,
            lambda event: rx.el.li(
                rx.el.p(words_of(event), font_weight="500"),
                rx.el.p(when(event["at"], zone), class_name="fine tnum"),
            ),
        ),
        class_name="timeline",
    )
