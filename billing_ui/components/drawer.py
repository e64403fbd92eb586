"""A sheet beside the list: native dialog, so that focus moves in, Escape closes, and focus returns to the row."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.browser import Dialog
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said, t


def drawer(title: Words, *body: Any, opened: rx.Var[bool], on_close: Handler, testid: str = "drawer") -> rx.Component:
    """On a desk it stands at the right edge, on a phone it rises from the bottom."""
    return Dialog.create(
        rx.el.div(
            rx.el.h2(said(title), id="drawer-title"),
            rx.el.button(
                icon("cross"),
                type="button",
                on_click=on_close,
                class_name="icon-btn",
                custom_attrs={"aria-label": t("app.close"), "data-testid": "drawer-close"},
            ),
            class_name="between drawer-head",
        ),
        rx.el.div(*body, class_name="stack"),
        open=opened,
        on_close=on_close,
        class_name="drawer",
        custom_attrs={"aria-labelledby": "drawer-title", "data-testid": testid},
    )
