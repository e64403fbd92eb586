"""Paying with an e-wallet: its page or app to open, its code for other devices, or a request on the payer's phone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button, link_button
from billing_ui.components.browser import Ring
from billing_ui.components.disclosure import fold, steps
from billing_ui.components.pay_binding import Card
from billing_ui.components.phone import phone_error, phone_field
from billing_ui.components.text import Handler, money, t


def wallet_name(shown: Any) -> rx.Var[str]:
    return t("method." + shown["method"].to(str))


def redirect(shown: Any) -> rx.Component:
    """The same tab on phones, where the wallet's app takes over; a new one beside the page on desks."""
    wallet = wallet_name(shown)
    words = t("ew.open", wallet=wallet)
    return rx.el.div(
        rx.el.div(
            link_button(words, shown["value"], size="lg", wide=True, testid="pay-open"),
            rx.el.p(t("ew.redirect", wallet=wallet), class_name="small muted"),
            class_name="stack-sm sm:hidden",
        ),
        rx.el.div(
            rx.cond(shown["qr"], _page_code(shown, wallet), _beside(shown, words, wallet)),
            class_name="hidden sm:block",
        ),
    )


def _beside(shown: Any, words: rx.Var[str], wallet: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        link_button(words, shown["value"], size="lg", wide=True, testid="pay-open", target="_blank", rel="noopener"),
        rx.el.p(t("ew.new_tab", wallet=wallet), class_name="small muted"),
        class_name="stack-sm",
    )


def _page_code(shown: Any, wallet: rx.Var[str]) -> rx.Component:
    """A wallet that gave no page of its own: this one is opened on the phone that has it."""
    return rx.el.div(
        rx.el.div(
            rx.el.img(src=shown["qr"], alt=t("ew.page_alt"), width="240", height="240"),
            class_name="qr-card",
        ),
        rx.el.p(t("ew.phone_only", wallet=wallet), class_name="small muted", text_align="center"),
        class_name="stack-sm",
    )


def app(shown: Any) -> rx.Component:
    """The app on phones; whoever sits at a desk scans with the app in the other hand."""
    wallet = wallet_name(shown)
    return rx.el.div(
        rx.cond(
            shown["deeplink"],
            rx.el.div(
                link_button(t("ew.open", wallet=wallet), shown["deeplink"], size="lg", wide=True, testid="pay-open"),
                rx.el.p(t("ew.redirect", wallet=wallet), class_name="small muted"),
                class_name="stack-sm sm:hidden",
            ),
            rx.fragment(),
        ),
        rx.cond(shown["deeplink"], rx.el.div(_code(shown, wallet), class_name="hidden sm:block"), _code(shown, wallet)),
    )


def _code(shown: Any, wallet: rx.Var[str]) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(wallet, class_name="qr-mark"),
            rx.el.img(
                src=shown["qr"],
                alt=t("ew.qr_alt", wallet=wallet, money=money(shown["total"], shown["currency"])),
                width="296",
                height="296",
                custom_attrs={"data-testid": "pay-qr", "data-payload": shown["value"]},
            ),
            rx.el.p(shown["merchant"], font_weight="650"),
            class_name="qr-card",
        ),
        rx.el.p(t("ew.scan", wallet=wallet), class_name="small muted", text_align="center"),
        class_name="stack-sm",
    )


def push(card: Card) -> rx.Component:
    """A ring while the request stands on the payer's phone; another number only for the account's own people."""
    shown = card.payment
    wallet = wallet_name(shown)
    return rx.el.div(
        Ring.create(
            until=shown["expires_at"].to(str),
            window_s=shown["window_s"].to(int),
            wallet=wallet,
            class_name="push-ring well",
            custom_attrs={"data-testid": "pay-push"},
        ),
        rx.cond(
            shown["phone"],
            rx.el.p(t("ew.push_sent", wallet=wallet, phone=shown["phone"].to(str)), class_name="small muted"),
            rx.fragment(),
        ),
        fold("pay.steps", steps([f"ew.step{n}" for n in range(1, 4)]), opened=True),
        rx.cond(shown["member"], fold("ew.other_phone", own_phone_form(card)), rx.fragment()),
        class_name="stack",
    )


def own_phone_form(card: Card) -> rx.Component:
    """Sends the request again, to the number in the field."""
    return phone_form(card, wallet_name(card.payment), card.retry)


def phone_form(card: Card, wallet: Any, send: Handler) -> rx.Component:
    """The number to ask, and the button that asks it."""
    return rx.el.div(
        phone_field(
            t("ew.phone", wallet=wallet),
            value=card.payment["own_phone"],
            on_phone=card.type_phone,
            hint=t("ew.phone_hint", wallet=wallet),
            error=phone_error(card.error),
        ),
        button("ew.send", on_click=send, kind="secondary", busy=card.busy != "", testid="phone-send"),
        class_name="stack-sm typed",
    )
