"""Amount and method as two fieldsets, and what they come to; the same form in the plans hub and on its own page."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.action import button
from billing_ui.components.choice import radio_tile, tile_tag
from billing_ui.components.field import amount_field
from billing_ui.components.notice import error_summary
from billing_ui.components.payment import price_parts
from billing_ui.components.record import record
from billing_ui.components.surface import facts
from billing_ui.components.text import Handler, money, num, t
from billing_ui.pages.topup_methods import methods
from billing_ui.pages.unfinished import unfinished
from billing_ui.state.session import Session
from billing_ui.state.topup import TopupState


def topup_form(on_pay: Handler) -> rx.Component:
    return rx.el.div(
        rx.el.div(unfinished(), _amounts(), methods(), class_name="stack-lg"),
        _summary(on_pay),
        class_name="split",
    )


def _amounts() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("topup.amount"), class_name="section-title"),
        rx.el.div(
            rx.foreach(TopupState.options, _amount),
            rx.cond(TopupState.custom, _other(), rx.fragment()),
            class_name="tiles tiles-amount",
        ),
        rx.cond(TopupState.is_other, _typed(), rx.fragment()),
    )


def _amount(option: ObjectVar[dict[str, Any]]) -> rx.Component:
    about = record(option["about"])
    return radio_tile(
        "amount-choice",
        option["amount"].to(str),
        money(option["amount"], option["currency"]),
        note=rx.fragment(
            t("unit.tokens", tokens=num(option["tokens"])),
            rx.cond(
                about["count"],
                rx.el.span(t("topup.about", count=num(about["count"]), thing=about["thing"]), class_name="tile-more"),
                rx.fragment(),
            ),
        ),
        tag=rx.cond(option["popular"], tile_tag("plan.popular_short"), rx.fragment()),
        checked=~TopupState.is_other & (TopupState.amount == option["amount"].to(int)),
        on_pick=TopupState.pick_amount(option["amount"].to(int)),
        testid=rx.Var.create("amount-") + option["amount"].to(str),
    )


def _other() -> rx.Component:
    return radio_tile(
        "amount-choice",
        "other",
        "topup.other",
        note=t("topup.other_from", money=money(record(TopupState.custom)["minimum"], Session.currency)),
        checked=TopupState.is_other,
        on_pick=TopupState.pick_other,
        testid="amount-other",
    )


def _typed() -> rx.Component:
    error = record(TopupState.error)
    return rx.el.div(
        amount_field(
            t("topup.other_label", currency=Session.currency),
            value=TopupState.amount,
            on_amount=TopupState.type_amount,
            hint=_range(),
            error=rx.cond(error["place"] == "amount", t("error.amount_out_of_range", error["args"]), ""),
            testid="amount-input",
        ),
        class_name="typed",
    )


def _range() -> rx.Var[str]:
    custom = record(TopupState.custom)
    return t(
        "topup.range",
        min=money(custom["minimum"], Session.currency),
        max=money(custom["maximum"], Session.currency),
    )


def _summary(on_pay: Handler) -> rx.Component:
    quote = record(TopupState.quote)
    about = record(quote["about"])
    currency = quote["currency"]
    body = rx.el.div(
        rx.el.h2(t("topup.summary"), class_name="section-title"),
        rx.el.p(
            rx.cond(
                quote["tokens"],
                rx.cond(
                    about["count"],
                    t(
                        "topup.receive_things",
                        tokens=num(quote["tokens"]),
                        count=num(about["count"]),
                        thing=about["thing"],
                    ),
                    t("topup.receive", tokens=num(quote["tokens"])),
                ),
                t("topup.choose_first"),
            ),
            class_name="receive",
        ),
        rx.cond(
            quote["bonus"],
            rx.el.p(t("topup.bonus", tokens=num(quote["bonus"])), class_name="small gain"),
            rx.fragment(),
        ),
        rx.cond(quote["total"], _sums(quote, currency), rx.fragment()),
        rx.cond(
            _concerns_the_whole(record(TopupState.error)),
            error_summary(record(TopupState.error)["code"].to(str), record(TopupState.error)["args"]),
            rx.fragment(),
        ),
        class_name="summary-body",
    )
    bar = rx.el.div(
        button(
            rx.cond(quote["total"], t("topup.pay", money=money(quote["total"], currency)), t("topup.pay_plain")),
            on_click=on_pay,
            size="lg",
            wide=True,
            busy=TopupState.busy,
            disabled=~quote["total"].bool(),
            testid="pay-submit",
        ),
        class_name="pay-bar",
    )
    return rx.el.aside(body, bar, class_name="summary", custom_attrs={"aria-label": t("topup.summary")})


def _concerns_the_whole(error: Any) -> rx.Var[bool]:
    """A refusal about one entry stands beside that entry."""
    return (error["code"] != "") & (error["place"] != "amount") & (error["place"] != "phone")


def _sums(quote: Any, currency: Any) -> rx.Component:
    """Fee and tax are lines of their own only where this deployment takes any."""
    return facts(
        price_parts(quote["price"], quote["fee"], quote["tax"], currency),
        total=("topup.total", money(quote["total"], currency)),
    )
