"""The price page's calculator: a slider and a number for one quantity, and the cheapest plan with its sum."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.browser import Dial
from billing_ui.components.surface import card
from billing_ui.components.text import money, num, pair, t
from billing_ui.state.pricing import PricingState
from billing_ui.state.session import Session


def calculator() -> rx.Component:
    dial: Any = PricingState.dial
    found: Any = PricingState.estimate
    asked = t("calc.per_month", things=pair(dial["other"]))
    body = rx.el.div(
        rx.el.p(t("calc.lead"), class_name="muted"),
        rx.el.div(
            rx.el.label(asked, html_for="quantity", class_name="label inline-block first-letter:uppercase"),
            Dial.create(
                id="quantity",
                label=asked,
                start=dial["start"].to(int),
                minimum=dial["minimum"].to(int),
                maximum=dial["maximum"].to(int),
                step=dial["step"].to(int),
                on_rest=PricingState.weigh,
            ),
            class_name="field",
        ),
        rx.el.div(
            rx.cond(found["fits"], _answer(), rx.el.p(t("calc.none", contact=Session.brand["support"]))),
            role="status",
            class_name="well stack-sm",
            custom_attrs={
                "data-testid": "estimate",
                "data-quantity": found["quantity"],
                "data-value": found["amount"],
            },
        ),
        rx.el.p(t("calc.note"), class_name="fine"),
        class_name="stack",
    )
    return card(body, title="calc.title")


def _answer() -> rx.Component:
    dial: Any = PricingState.dial
    found: Any = PricingState.estimate
    thing = rx.cond(found["quantity"] == 1, pair(dial["one"]), pair(dial["other"]))
    return rx.el.div(
        rx.el.p(t("calc.cheapest", plan=pair(found["plan"])), class_name="small", font_weight="600"),
        rx.el.p(
            rx.cond(
                found["free"],
                t("calc.free"),
                rx.fragment(
                    rx.el.span(money(found["amount"], found["currency"]), class_name="price"),
                    rx.el.span(t("unit.month"), class_name="small muted"),
                ),
            ),
        ),
        rx.cond(
            dial["kind"] == "things",
            rx.el.p(
                t(
                    "calc.sum",
                    quantity=num(found["quantity"]),
                    thing=thing,
                    tokens=num(dial["tokens"]),
                    total=num(found["total"]),
                ),
                class_name="small muted tnum whitespace-normal",
            ),
            rx.el.p(t("calc.want", quantity=num(found["total"]), thing=thing), class_name="small muted"),
        ),
        class_name="stack-sm",
    )
