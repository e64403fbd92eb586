"""How a pending payment is paid, by the kind of its code: scan, transfer, or open an app."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.notice import notice
from billing_ui.components.payment import qr_card, va_card
from billing_ui.components.text import language, t


def pay_code(shown: Any) -> rx.Component:
    return rx.match(
        shown["kind"],
        ("qr", _qr(shown)),
        ("va", _va(shown)),
        ("redirect", _redirect(shown)),
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


def _redirect(shown: Any) -> rx.Component:
    wallet = t("method." + shown["method"].to(str))
    return rx.el.div(
        rx.el.p(t("ew.redirect", wallet=wallet), class_name="muted"),
        link_button(t("ew.open", wallet=wallet), shown["value"], size="lg", wide=True, testid="pay-open"),
        class_name="stack",
    )
