"""The frame around every page's content: its heading, its readiness, its notices."""

from typing import Any

import reflex as rx

from billing_ui.components.text import Words, said


def page_frame(*children: Any, ready: rx.Var[bool] | bool, width: str = "") -> rx.Component:
    """`<main>`, which says when the page is live and its first data is shown."""
    return rx.el.main(
        *children,
        id="main",
        tab_index=-1,
        class_name=f"page {width}".strip(),
        custom_attrs={"data-ready": rx.cond(ready, "true", "false")},
    )


def page_head(
    title: Words, lead: Words | None = None, action: rx.Component | None = None, *, is_code: rx.Var[bool] | bool = False
) -> rx.Component:
    """The page's one `h1`, a sentence under it, and one action. A number as a title is set like one."""
    return rx.el.header(
        rx.el.div(
            rx.el.h1(said(title), class_name=rx.cond(is_code, "number", "")),
            rx.fragment() if lead is None else rx.el.p(said(lead), class_name="page-lead"),
        ),
        rx.fragment() if action is None else action,
        class_name="page-head",
    )
