"""What is sold as cards: a plan with the button that its state allows, a package of tokens with what it brings."""

from typing import Any

import reflex as rx

from billing_ui.components.icons import icon
from billing_ui.components.marks import badge
from billing_ui.components.text import money, num, pair, t


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


def package_card(package: Any) -> rx.Component:
    """Tokens that are bought once: label, price, what they bring and how long they keep."""
    return rx.el.article(
        rx.cond(
            package["popular"],
            rx.el.div(badge("plan.popular", tone="brand"), class_name="plan-mark"),
            rx.fragment(),
        ),
        rx.el.h3(pair(package["label"])),
        rx.el.p(money(package["amount"], package["currency"]), class_name="price"),
        rx.el.p(t("unit.tokens", tokens=num(package["tokens"])), class_name="small tnum"),
        rx.cond(
            package["bonus"],
            rx.el.p(t("plans.bonus", tokens=num(package["bonus"])), class_name="small gain"),
            rx.fragment(),
        ),
        rx.el.p(
            rx.cond(package["days"], t("plans.valid", count=package["days"]), t("plans.valid_forever")),
            class_name="fine",
        ),
        class_name="card package stack-sm",
    )


def _mark(state: rx.Var[str], highlighted: rx.Var[bool]) -> rx.Component:
    return rx.match(
        state,
        ("current", badge("plan.current", tone="ok", icon_name="check")),
        ("soon", badge("plan.soon")),
        ("scheduled", badge(t("plan.starts"), tone="info", icon_name="clock")),
        rx.cond(highlighted, badge("plan.popular", tone="brand"), rx.fragment()),
    )
