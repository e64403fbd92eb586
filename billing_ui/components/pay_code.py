"""How a pending payment is paid, by the kind of its code: scan, transfer, open, or approve."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.notice import notice
from billing_ui.components.pay_binding import Card
from billing_ui.components.pay_wallet import app, push, redirect
from billing_ui.components.payment import qr_card, va_card
from billing_ui.components.text import language, t


def pay_code(card: Card) -> rx.Component:
    shown = card.payment
    return rx.match(
        shown["kind"],
        ("qr", _qr(shown)),
        ("va", _va(shown)),
        ("redirect", redirect(shown)),
        ("app", app(shown)),
        ("push", push(card)),
        ("wrong", notice(t("qris.wrong"), tone="bad", icon_name="alert")),
        rx.fragment(),
    )


def _qr(shown: Any) -> rx.Component:
    return qr_card(
        shown["qr"],
        payload=shown["value"],
        merchant=shown["merchant"].to(str),
        nmid=shown["nmid"].to(str),
        amount=shown["total"].to(int),
        currency=shown["currency"],
        download="/qr/" + shown["ref"].to(str) + ".png?lang=" + language(),
    )


def _va(shown: Any) -> rx.Component:
    return va_card(
        shown["value"].to(str),
        shown["grouped"],
        bank=t("method." + shown["method"].to(str)),
        holder=shown["merchant"],
        amount=shown["total"].to(int),
        currency=shown["currency"],
        channels=shown["channels"].to(list[dict[str, Any]]),
    )
