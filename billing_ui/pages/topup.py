"""Topping up: amount and method on one page, the live balance above them."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.surface import balance_stat, card, skeleton
from billing_ui.components.text import num, t
from billing_ui.components.verdict import empty_state
from billing_ui.pages.shell import customer_page
from billing_ui.pages.topup_form import topup_form
from billing_ui.state.session import Session
from billing_ui.state.topup import TopupState


def page() -> rx.Component:
    return customer_page(
        rx.cond(
            TopupState.ready,
            rx.cond(TopupState.options.length() > 0, topup_form(TopupState.pay), empty_state("topup.nothing")),
            _bones(),
        ),
        here="topup",
        title="topup.title",
        lead="topup.lead",
        action=balance_stat(Session.balance, num(Session.balance), t("unit.token_word")),
        ready=TopupState.ready,
        on_visible=TopupState.look_again,
    )


def _bones() -> rx.Component:
    return rx.el.div(
        rx.el.div(skeleton("200px"), skeleton("420px"), class_name="stack-lg"),
        card(skeleton("260px")),
        class_name="split",
    )
