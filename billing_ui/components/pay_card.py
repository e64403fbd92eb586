"""The payment as its payer sees it, from the first code to the receipt. One piece for the plans hub and for /pay."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button
from billing_ui.components.browser import Arrival, Patience
from billing_ui.components.disclosure import fold, timeline
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.pay_binding import Card
from billing_ui.components.pay_changes import another_way, question, way_out
from billing_ui.components.pay_code import pay_code
from billing_ui.components.pay_head import pay_head
from billing_ui.components.pay_paid import pay_facts, pay_paid
from billing_ui.components.pay_wallet import own_phone_form
from billing_ui.components.payment import amount_due, deadline, status_line
from billing_ui.components.text import money, t

_ENDS = ("paid", "failed", "expired", "canceled", "review")


def pay_card(card: Card, *, level: int = 1) -> rx.Component:
    """`level` is that of its heading: the page's own on /pay, one below inside the hub."""
    shown = card.payment
    return rx.el.div(
        status_line(shown["status"], shown["ref"], pay_head(shown, level)),
        rx.cond(
            (card.error["code"] != "") & (card.error["place"] != "phone"),
            error_summary(card.error["code"].to(str), card.error["args"]),
            rx.fragment(),
        ),
        rx.match(
            shown["status"],
            ("pending", _open(card)),
            ("created", "processing", "unknown", _waiting_only(card)),
            ("paid", pay_paid(shown, card.brand, card.home)),
            ("review", pay_facts(shown)),
            _ended(card),
        ),
        _story(shown),
        way_out(card),
        question(card),
        Arrival.create(state=shown["status"].to(str), ends=list(_ENDS), target="pay-title"),
        class_name="stack pay-card",
    )


def _open(card: Card) -> rx.Component:
    """A code that can be paid now."""
    shown = card.payment
    return rx.el.div(
        rx.el.div(
            amount_due(shown["total"].to(int), shown["currency"]),
            rx.cond(
                shown["is_push"],
                rx.fragment(),
                deadline(shown["expires_at"].to(str), shown["zone"], on_done=card.refresh),
            ),
            class_name="well stack-sm",
        ),
        pay_code(card),
        _checking(card),
        pay_facts(shown),
        another_way(card),
        class_name="stack",
    )


def _waiting_only(card: Card) -> rx.Component:
    """Nothing to pay is shown: the code is being made, or the money is on its way."""
    return rx.el.div(_checking(card), pay_facts(card.payment), another_way(card), class_name="stack")


def _checking(card: Card) -> rx.Component:
    return rx.el.div(
        rx.cond(
            card.is_back,
            Patience.create(now=t("pay.back_now"), later=t("pay.slow"), after_s=15, class_name="notice"),
            rx.fragment(),
        ),
        button(
            "pay.check", on_click=card.check, kind="secondary", wide=True, busy=card.busy == "check", testid="pay-check"
        ),
        rx.el.div(rx.cond(card.is_not_yet, notice(t("pay.notyet")), rx.fragment()), role="status"),
        class_name="stack-sm",
    )


def _ended(card: Card) -> rx.Component:
    """Failed, expired or canceled: the same wish again takes one click."""
    return rx.el.div(
        rx.cond(
            card.payment["member"],
            button(
                _again(card.payment),
                on_click=card.retry,
                size="lg",
                busy=card.busy == "retry",
                testid="pay-retry",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.p(t("pay.amount"), class_name="stat-label"),
            rx.el.p(
                money(card.payment["total"], card.payment["currency"]),
                class_name="stat-value",
                custom_attrs={"data-testid": "pay-amount", "data-value": card.payment["total"]},
            ),
        ),
        pay_facts(card.payment),
        rx.cond(
            card.payment["member"].bool() & card.payment["is_push"].bool(),
            fold("ew.other_phone", own_phone_form(card)),
            rx.fragment(),
        ),
        another_way(card),
        class_name="stack",
    )


def _again(shown: Any) -> rx.Var[str]:
    return rx.cond(
        shown["is_push"], t("ew.resend"), rx.cond(shown["status"] == "failed", t("pay.retry"), t("pay.renew"))
    )


def _story(shown: Any) -> rx.Component:
    return rx.cond(
        shown["timeline"].to(list[dict[str, Any]]).length() > 0,
        fold(
            "pay.timeline",
            timeline(
                shown["timeline"].to(list[dict[str, Any]]),
                lambda event: t("pay.event." + event["status"].to(str)),
                shown["zone"],
            ),
        ),
        rx.fragment(),
    )
