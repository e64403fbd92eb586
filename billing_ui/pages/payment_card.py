"""The pay card, bound to its one state."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.pay_binding import Card
from billing_ui.components.pay_card import pay_card
from billing_ui.components.record import record
from billing_ui.state.pay import PayState
from billing_ui.state.session import Session


def bound_card(*, level: int = 1) -> rx.Component:
    """The same card wherever a payment is shown."""
    return pay_card(
        Card(
            payment=PayState.card,
            worth=PayState.worth,
            others=PayState.others,
            busy=PayState.busy,
            is_asking=PayState.is_asking,
            is_not_yet=PayState.is_not_yet,
            is_back=PayState.is_back,
            wants=PayState.wants,
            error=PayState.error,
            brand=record(Session.brand)["name"],
            home=record(Session.brand)["host"],
            refresh=PayState.refresh,
            check=PayState.check,
            retry=PayState.retry,
            change=PayState.change,
            type_phone=PayState.type_phone,
            ask_cancel=PayState.ask_cancel,
            keep=PayState.keep,
            cancel=PayState.cancel,
        ),
        level=level,
    )
