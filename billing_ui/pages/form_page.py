"""The frame of pages that are one card with one form: sign-in, reset, verification."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.frame import page_frame
from billing_ui.components.shell import public_shell
from billing_ui.components.text import Words, said
from billing_ui.pages.shell import live
from billing_ui.state.session import Session


def form_page(*children: Any, ready: rx.Var[bool]) -> rx.Component:
    """A narrow page with the brand above it and nothing beside it."""
    return public_shell(
        page_frame(*children, ready=live(ready), width="narrow"),
        brand=Session.brand["name"],
        sandbox=Session.sandbox,
        support=Session.brand["support"],
        quiet=True,
    )


def heading(title: Words, lead: Words | None = None) -> rx.Component:
    """The page's one `h1`, and a sentence under it."""
    return rx.el.header(
        rx.el.h1(said(title)),
        rx.fragment() if lead is None else rx.el.p(said(lead), class_name="page-lead"),
        class_name="mb-6",
    )
