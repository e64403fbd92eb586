"""/pay/{ref}: one address for the whole life of a payment, for whoever holds the link."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.surface import card, skeleton
from billing_ui.components.text import t
from billing_ui.components.verdict import terminal_state
from billing_ui.pages.payment_card import bound_card
from billing_ui.pages.shell import open_page
from billing_ui.state.pay import PayState


def page() -> rx.Component:
    return open_page(
        card(
            rx.cond(
                PayState.found,
                bound_card(),
                rx.cond(PayState.ready, _unknown(), _bones()),
            ),
            class_name="pay-sheet",
        ),
        ready=PayState.ready,
        on_visible=PayState.refresh,
    )


def _unknown() -> rx.Component:
    """A ref nobody has and a ref of somebody else's closed desk answer alike."""
    return rx.el.div(
        terminal_state(
            "pay.not_found",
            t("pay.not_found_body"),
            tone="",
            icon_name="search",
            level=1,
            actions=(link_button("nav.history", "/subscription/history/", kind="secondary"),),
        ),
        custom_attrs={"data-testid": "error", "data-code": "not_found"},
    )


def _bones() -> rx.Component:
    return rx.el.div(
        rx.el.h1(t("pay.page"), class_name="sr-only"),
        skeleton("64px", "70%"),
        skeleton("96px"),
        skeleton("420px"),
        class_name="stack",
    )
