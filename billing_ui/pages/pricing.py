"""/pricing/: what is sold, in words for somebody who has no account; the same rows as the plans hub."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button, link_button
from billing_ui.components.disclosure import fold
from billing_ui.components.frame import page_frame
from billing_ui.components.plan_card import package_card, price_card
from billing_ui.components.shell import public_shell
from billing_ui.components.surface import card
from billing_ui.components.text import money, pair, t
from billing_ui.components.verdict import empty_state
from billing_ui.pages.calculator import calculator
from billing_ui.pages.shell import live
from billing_ui.state.pricing import PricingState
from billing_ui.state.session import Session

# What is asked depends on what is sold: tokens or quotas, in rupiah or not.
_ABOUT_TOKENS = ("token", "expire")


def page() -> rx.Component:
    return public_shell(
        page_frame(
            rx.el.header(
                rx.el.h1(t("pricing.title"), class_name="lg:text-[36px]"),
                rx.el.p(
                    rx.cond(PricingState.has_free, t("pricing.lead_plain"), t("pricing.lead_paid")),
                    class_name="page-lead mx-auto",
                ),
                class_name="text-center mb-10",
            ),
            _plans(),
            rx.cond(
                Session.currency == "IDR",
                rx.el.p(t("pricing.pay_with"), class_name="small muted text-center mt-4"),
                rx.fragment(),
            ),
            rx.cond(PricingState.packages.length() > 0, _packages(), rx.fragment()),
            rx.el.div(
                rx.cond(PricingState.dial["kind"], calculator(), rx.fragment()),
                _questions(),
                class_name="pair mt-12",
            ),
            ready=live(PricingState.ready),
        ),
        brand=Session.brand["name"],
        sandbox=Session.sandbox,
        support=Session.brand["support"],
        signed_in=Session.signed_in,
    )


def _plans() -> rx.Component:
    shown = rx.cond(
        PricingState.cards.length() > 0,
        rx.el.div(rx.foreach(PricingState.cards, _plan), class_name="plans mx-auto has-[>:only-child]:max-w-[420px]"),
        empty_state("pricing.no_plans"),
    )
    return rx.el.section(rx.el.h2(t("pricing.plans"), class_name="sr-only"), shown)


def _plan(plan: Any) -> rx.Component:
    return price_card(
        slug=plan["slug"].to(str),
        name=pair(plan["name"]),
        tagline=pair(plan["tagline"]),
        price=_price(plan),
        unit=rx.cond(plan["price"], pair(plan["unit"]), ""),
        features=plan["features"].to(list[dict[str, str]]),
        state=plan["state"].to(str),
        highlighted=plan["highlighted"].to(bool),
        action=_action(plan),
    )


def _price(plan: Any) -> rx.Var[str]:
    """A plan without a price of its own is free, or begins with its smallest package."""
    lowest = rx.cond(plan["lowest"], t("plan.from", money=money(plan["lowest"], plan["currency"])), t("plan.payg"))
    nothing = rx.cond(plan["kind"] == "free", money(0, plan["currency"]), lowest)
    return rx.cond(plan["price"], money(plan["price"], plan["currency"]), nothing)


def _action(plan: Any) -> rx.Component:
    testid = rx.Var.create("plan-") + plan["slug"].to(str) + "-choose"
    here = link_button("plan.manage", "/subscription/plans/", kind="secondary", wide=True, testid=testid)
    onward = rx.cond(Session.signed_in, "/subscription/plans/?plan=" + plan["slug"].to(str), plan["href"].to(str))
    return rx.match(
        plan["state"],
        ("soon", button("plan.soon", kind="secondary", wide=True, disabled=True, testid=testid)),
        ("current", here),
        rx.cond(
            plan["first"],
            link_button(pair(plan["cta"]), onward, wide=True, testid=testid),
            link_button(pair(plan["cta"]), onward, kind="secondary", wide=True, testid=testid),
        ),
    )


def _packages() -> rx.Component:
    return rx.el.section(
        rx.el.h2(t("pricing.packages")),
        rx.el.p(t("pricing.packages_lead"), class_name="muted mb-4"),
        rx.el.div(rx.foreach(PricingState.packages, package_card), class_name="packages"),
        class_name="mt-12",
    )


def _questions() -> rx.Component:
    sells_tokens = PricingState.dial["kind"] != "meter"
    about = rx.fragment(*[_question(name) for name in _ABOUT_TOKENS])
    return card(
        rx.cond(sells_tokens, about, _question("quota")),
        rx.cond(Session.currency == "IDR", _question("pay"), rx.fragment()),
        _question("fail"),
        rx.cond(sells_tokens, _question("refund"), rx.fragment()),
        title="faq.title",
    )


def _question(name: str) -> rx.Component:
    return fold(f"faq.{name}_q", rx.el.p(t(f"faq.{name}_a")), group="faq")
