"""The page for an address that leads nowhere."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.frame import page_frame
from billing_ui.components.shell import public_shell
from billing_ui.components.verdict import not_found
from billing_ui.state.session import Session


def page() -> rx.Component:
    return public_shell(
        page_frame(
            rx.el.div(not_found(), custom_attrs={"data-testid": "error", "data-code": "not_found"}),
            ready=True,
            width="medium",
        ),
        brand=Session.brand["name"],
        sandbox=Session.sandbox,
        support=Session.brand["support"],
        quiet=True,
    )
