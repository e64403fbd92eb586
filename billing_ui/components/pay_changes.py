"""Paying the same purchase another way, or not at all. For the account's own people."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import button
from billing_ui.components.disclosure import fold, modal
from billing_ui.components.pay_binding import Card
from billing_ui.components.pay_wallet import phone_form
from billing_ui.components.text import t


def another_way(card: Card) -> rx.Component:
    """Only the account's own people may change or cancel; a stranger with the link may pay."""
    return rx.cond(
        card.payment["member"].bool() & (card.others.length() > 0),
        fold(
            "pay.change",
            rx.el.div(rx.foreach(card.others, lambda code: _other(card, code)), class_name="row"),
            rx.cond(
                card.wants != "", phone_form(card, t("method." + card.wants), card.change(card.wants)), rx.fragment()
            ),
        ),
        rx.fragment(),
    )


def way_out(card: Card) -> rx.Component:
    """The last thing on the card, after all that helps to pay."""
    return rx.cond(
        card.payment["member"].bool() & card.payment["is_open"].bool(),
        button("pay.cancel", on_click=card.ask_cancel, kind="ghost", busy=card.busy == "cancel", testid="pay-cancel"),
        rx.fragment(),
    )


def _other(card: Card, code: rx.Var[str]) -> rx.Component:
    return button(
        t("method." + code),
        on_click=card.change(code),
        kind="secondary",
        size="sm",
        busy=card.busy == "change",
        testid=rx.Var.create("pay-change-") + code,
    )


def question(card: Card) -> rx.Component:
    return modal(
        "pay.cancel_title",
        t("pay.cancel_q"),
        opened=card.is_asking,
        on_close=card.keep,
        actions=(
            button("pay.cancel_keep", on_click=card.keep, kind="secondary"),
            button("pay.cancel", on_click=card.cancel, kind="danger", testid="pay-cancel-yes"),
        ),
        id_="cancel",
    )
