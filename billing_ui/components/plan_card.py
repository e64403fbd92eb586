"""One plan as a card: name, price, what is in it, and the button that its state allows."""

from typing import Any

import reflex as rx

from billing_ui.components.icons import icon
from billing_ui.components.marks import badge
from billing_ui.components.text import pair, t


def price_card(
    *,
    slug: rx.Var[str],
    name: Any,
    tagline: Any,
    price: Any,
    unit: Any,
    features: rx.Var[list[dict[str, str]]],
    state: rx.Var[str],
    highlighted: rx.Var[bool],
    action: rx.Component,
    extra: rx.Component | None = None,
) -> rx.Component:
    """`state` is current, available, soon or scheduled; features are `{id, en}` pairs; `extra` opens in place."""
    return rx.el.article(
        rx.el.div(
            rx.el.div(_mark(state, highlighted), class_name="plan-mark"),
            rx.el.h3(name, font_size="18px"),
            rx.el.p(tagline, class_name="small muted"),
            class_name="stack-sm",
        ),
        rx.el.p(rx.el.span(price, class_name="price"), " ", rx.el.span(unit, class_name="small muted")),
        rx.el.ul(
            rx.foreach(features, lambda feature: rx.el.li(icon("check"), rx.el.span(pair(feature)))),
            class_name="ticks",
        ),
        rx.el.div(action, margin_top="auto"),
        rx.fragment() if extra is None else extra,
        class_name="card plan",
        custom_attrs={
            "data-testid": rx.Var.create("plan-") + slug,
            "data-state": state,
            "data-highlighted": rx.cond(highlighted, "true", "false"),
        },
    )


def _mark(state: rx.Var[str], highlighted: rx.Var[bool]) -> rx.Component:
    return rx.match(
        state,
        ("current", badge("plan.current", tone="ok", icon_name="check")),
        ("soon", badge("plan.soon")),
        ("scheduled", badge(t("plan.starts"), tone="info", icon_name="clock")),
        rx.cond(highlighted, badge("plan.popular", tone="brand"), rx.fragment()),
    )
