"""Whole-area messages. Empty, failed and finished look different, because they mean different things."""

from typing import Any

import reflex as rx

from billing_ui.components.action import button, link_button
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said


def empty_state(words: Words, *, icon_name: str = "receipt", action: rx.Component | None = None) -> rx.Component:
    """Nothing here yet, and what would bring something."""
    return rx.el.div(
        rx.el.div(icon(icon_name), class_name="halo"),
        rx.el.p(said(words)),
        rx.fragment() if action is None else action,
        class_name="state",
    )


def error_state(on_retry: Handler, words: Words = "err.section") -> rx.Component:
    """A section that could not be loaded, with the way to try again."""
    return rx.el.div(
        rx.el.div(icon("alert"), class_name="halo", custom_attrs={"data-tone": "bad"}),
        rx.el.p(said(words)),
        button("app.try_again", kind="secondary", on_click=on_retry),
        role="alert",
        class_name="state",
        custom_attrs={"data-testid": "error", "data-code": "section"},
    )


def terminal_state(
    title: Words,
    *body: Any,
    tone: str,
    icon_name: str,
    level: int = 2,
    id_: str = "",
    actions: tuple[rx.Component, ...] = (),
) -> rx.Component:
    """The end of a way: paid, failed, expired, not found. Its heading can take the focus."""
    heading = rx.el.h1 if level == 1 else rx.el.h2
    return rx.el.div(
        rx.el.div(icon(icon_name), class_name="halo", custom_attrs={"data-tone": tone}),
        heading(said(title), tab_index=-1, **({"id": id_} if id_ else {})),
        *[rx.el.p(part) if not isinstance(part, rx.Component) else part for part in body],
        rx.el.div(*actions, class_name="row", justify_content="center") if actions else rx.fragment(),
        class_name="state",
    )


def not_found(home: str = "/") -> rx.Component:
    """The page for an address that leads nowhere."""
    return terminal_state(
        "err.404",
        said("err.404_body"),
        tone="",
        icon_name="search",
        level=1,
        actions=(link_button("err.home", home, kind="secondary"),),
    )
