"""The plans hub: what the account has, what it may choose, and paying for it without leaving the card."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.action import Kind, button
from billing_ui.components.browser import Address
from billing_ui.components.plan_card import package_card, price_card
from billing_ui.components.surface import skeleton
from billing_ui.components.text import money, pair, t
from billing_ui.components.verdict import empty_state
from billing_ui.pages.payment_card import bound_card
from billing_ui.pages.shell import customer_page
from billing_ui.pages.topup_form import topup_form
from billing_ui.state.plans import PlansState
from billing_ui.state.topup import Asked, TopupState


def page() -> rx.Component:
    return customer_page(
        rx.cond(
            PlansState.ready,
            rx.el.div(
                _plans(),
                rx.cond(PlansState.packages.length() > 0, _packages(), rx.fragment()),
                Address.create(query=_address()),
                class_name="stack-lg",
            ),
            rx.el.div(skeleton("380px"), skeleton("380px"), skeleton("380px"), class_name="plans"),
        ),
        here="plans",
        title="plans.title",
        lead="plans.lead",
        ready=PlansState.ready,
        on_visible=PlansState.look_again,
    )


def _address() -> rx.Var[str]:
    """What a reload needs to come back to: the payment that is open, else the plan that is."""
    return rx.cond(
        Asked.ref != "",
        "?pay=" + Asked.ref,
        rx.cond(PlansState.opened != "", "?plan=" + PlansState.opened, ""),
    )


def _plans() -> rx.Component:
    return rx.cond(
        PlansState.cards.length() > 0,
        rx.el.section(
            rx.el.h2(t("pricing.plans"), class_name="sr-only"),
            rx.el.div(rx.foreach(PlansState.cards, _plan), class_name="plans"),
        ),
        empty_state("pricing.no_plans"),
    )


def _plan(plan: ObjectVar[dict[str, Any]]) -> rx.Component:
    is_open = plan["sells"].to(bool) & (PlansState.opened == plan["slug"].to(str))
    return rx.el.div(
        price_card(
            slug=plan["slug"].to(str),
            name=pair(plan["name"]),
            tagline=pair(plan["tagline"]),
            price=_price(plan),
            unit=rx.cond(plan["price"], pair(plan["unit"]), ""),
            features=plan["features"].to(list[dict[str, str]]),
            state=plan["state"].to(str),
            highlighted=plan["highlighted"].to(bool),
            action=_action(plan, is_open),
            extra=rx.cond(is_open, _inside(), rx.fragment()),
        ),
        class_name="plan-cell",
        key=plan["slug"].to(str),
        custom_attrs={"data-open": rx.cond(is_open, "true", "false")},
    )


def _price(plan: ObjectVar[dict[str, Any]]) -> rx.Var[str]:
    """A plan without a price of its own is free, or begins with its smallest package."""
    lowest = rx.cond(plan["lowest"], t("plan.from", money=money(plan["lowest"], plan["currency"])), t("plan.payg"))
    unpriced = rx.cond(plan["kind"] == "free", money(0, plan["currency"]), lowest)
    return rx.cond(plan["price"], money(plan["price"], plan["currency"]), unpriced)


def _action(plan: ObjectVar[dict[str, Any]], is_open: rx.Var[bool]) -> rx.Component:
    testid = rx.Var.create("plan-") + plan["slug"].to(str) + "-choose"
    words = rx.cond(
        is_open, t("plan.collapse"), rx.cond(plan["state"] == "current", t("topup.title"), t("plan.choose"))
    )
    return rx.cond(
        plan["sells"],
        rx.cond(
            is_open | (plan["state"] == "current"),
            _chooser(plan, words, is_open, testid, "secondary"),
            _chooser(plan, words, is_open, testid, "primary"),
        ),
        rx.match(
            plan["state"],
            ("soon", button("plan.soon", kind="secondary", wide=True, disabled=True, testid=testid)),
            ("current", rx.el.p(t("plan.is_yours"), class_name="small muted")),
            rx.el.p(t("plan.always"), class_name="small muted"),
        ),
    )


def _chooser(
    plan: ObjectVar[dict[str, Any]], words: Any, is_open: rx.Var[bool], testid: Any, kind: Kind
) -> rx.Component:
    return button(
        words,
        on_click=PlansState.choose(plan["slug"].to(str)),
        kind=kind,
        wide=True,
        testid=testid,
        custom_attrs={"aria-expanded": rx.cond(is_open, "true", "false")},
    )


def _inside() -> rx.Component:
    """Amounts and methods, or the payment they led to: code and live status stay in the card."""
    return rx.el.div(
        rx.cond(
            Asked.ref != "",
            rx.el.div(
                bound_card(level=3),
                button("plan.another", on_click=PlansState.start_over, kind="ghost", size="sm", icon_name="back"),
                class_name="pay-inside",
            ),
            topup_form(TopupState.pay_here),
        ),
        class_name="plan-inside",
    )


def _packages() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("plans.packages"), class_name="section-title"),
        rx.el.div(rx.foreach(PlansState.packages, package_card), class_name="packages"),
    )
