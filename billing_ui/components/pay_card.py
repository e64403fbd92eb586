"""The payment as its payer sees it, from the first code to the receipt. One piece for the plans hub and for /pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui.components.action import button, copy_button, link_button
from billing_ui.components.browser import Arrival
from billing_ui.components.disclosure import fold, modal, timeline
from billing_ui.components.marks import badge
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.pay_head import pay_head
from billing_ui.components.payment import amount_due, deadline, qr_card, status_line, va_card
from billing_ui.components.surface import balance_stat, facts
from billing_ui.components.text import Handler, language, money, num, t, when


@dataclass(frozen=True)
class Card:
    """What the card shows and what it may ask for; Vars and handlers of one state."""

    payment: Any
    worth: Any
    others: Any
    busy: Any
    is_asking: Any
    is_not_yet: Any
    error: Any
    brand: Any
    home: Any
    refresh: Handler
    check: Handler
    retry: Handler
    change: Any
    ask_cancel: Handler
    keep: Handler
    cancel: Handler


_ENDS = ("paid", "failed", "expired", "canceled", "review")


def pay_card(card: Card, *, level: int = 1) -> rx.Component:
    """`level` is that of its heading: the page's own on /pay, one below inside the hub."""
    shown = card.payment
    return rx.el.div(
        status_line(shown["status"], shown["ref"], pay_head(shown, level)),
        rx.cond(card.error["code"] != "", error_summary(card.error["code"].to(str), card.error["args"]), rx.fragment()),
        rx.match(
            shown["status"],
            ("pending", _open(card)),
            ("created", "processing", "unknown", _waiting_only(card)),
            ("paid", _paid(card)),
            ("review", _facts(shown)),
            _ended(card),
        ),
        _story(shown),
        _way_out(card),
        _question(card),
        Arrival.create(state=shown["status"].to(str), ends=list(_ENDS), target="pay-title"),
        class_name="stack pay-card",
    )


def _open(card: Card) -> rx.Component:
    """A code that can be paid now."""
    shown = card.payment
    return rx.el.div(
        rx.el.div(
            amount_due(shown["total"].to(int), shown["currency"]),
            deadline(shown["expires_at"].to(str), shown["zone"], on_done=card.refresh),
            class_name="well stack-sm",
        ),
        rx.match(
            shown["kind"],
            ("qr", _qr(shown)),
            ("va", _va(shown)),
            ("redirect", _redirect(shown)),
            ("wrong", notice(t("qris.wrong"), tone="bad", icon_name="alert")),
            rx.fragment(),
        ),
        _checking(card),
        _facts(shown),
        _another_way(card),
        class_name="stack",
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


def _waiting_only(card: Card) -> rx.Component:
    """Nothing to pay is shown: the code is being made, or the money is on its way."""
    return rx.el.div(_checking(card), _facts(card.payment), _another_way(card), class_name="stack")


def _checking(card: Card) -> rx.Component:
    return rx.el.div(
        button(
            "pay.check", on_click=card.check, kind="secondary", wide=True, busy=card.busy == "check", testid="pay-check"
        ),
        rx.el.div(rx.cond(card.is_not_yet, notice(t("pay.notyet")), rx.fragment()), role="status"),
        class_name="stack-sm",
    )


def _facts(shown: Any) -> rx.Component:
    return facts(
        [
            ("pay.item", t("pay.item_tokens", tokens=num(shown["tokens"]))),
            ("pay.method", t("method." + shown["method"].to(str))),
            (
                "pay.ref",
                rx.el.span(
                    rx.el.span(shown["ref"], class_name="mono"),
                    copy_button(shown["ref"], "pay.copy_ref"),
                    class_name="ref",
                ),
            ),
        ]
    )


def _another_way(card: Card) -> rx.Component:
    """Only the account's own people may change or cancel; a stranger with the link may pay."""
    return rx.cond(
        card.payment["member"].bool() & (card.others.length() > 0),
        fold("pay.change", rx.el.div(rx.foreach(card.others, lambda code: _other(card, code)), class_name="row")),
        rx.fragment(),
    )


def _way_out(card: Card) -> rx.Component:
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


def _paid(card: Card) -> rx.Component:
    """Members see the new balance and the receipt; whoever else holds the link sees that it is paid."""
    shown = card.payment
    return rx.el.div(
        rx.cond(
            shown["member"],
            rx.el.div(
                balance_stat(
                    shown["balance"].to(int),
                    num(shown["balance"]),
                    t("unit.token_word"),
                    note=badge("+" + num(shown["tokens"]), tone="ok"),
                ),
                _receipt(shown),
                class_name="stack",
            ),
            _facts(shown),
        ),
        rx.el.div(
            link_button(t("pay.back", brand=card.brand), card.home, size="lg"),
            rx.cond(
                shown["member"],
                link_button("pay.back_overview", "/subscription/overview/", kind="secondary", size="lg"),
                rx.fragment(),
            ),
            class_name="row pay-actions",
        ),
        class_name="stack",
    )


def _receipt(shown: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(t("pay.receipt_title"), font_size="16px"),
            button(
                "pay.print", on_click=rx.call_script("window.print()"), kind="ghost", size="sm", icon_name="receipt"
            ),
            class_name="between",
        ),
        facts(
            [
                ("pay.receipt_number", rx.el.span(shown["ref"], class_name="mono")),
                ("pay.paid_at", when(shown["paid_at"], shown["zone"])),
                ("pay.method", t("method." + shown["method"].to(str))),
                ("pay.item", t("pay.item_tokens", tokens=num(shown["tokens"]))),
            ],
            total=("topup.total_paid", money(shown["total"], shown["currency"])),
        ),
        class_name="well stack-sm",
        custom_attrs={"data-testid": "receipt"},
    )


def _ended(card: Card) -> rx.Component:
    """Failed, expired or canceled: the same wish again takes one click."""
    return rx.el.div(
        rx.cond(
            card.payment["member"],
            button(
                rx.cond(card.payment["status"] == "failed", t("pay.retry"), t("pay.renew")),
                on_click=card.retry,
                size="lg",
                busy=card.busy == "retry",
                testid="pay-retry",
            ),
            rx.fragment(),
        ),
        rx.el.div(
            rx.el.p(t("hist.amount"), class_name="stat-label"),
            rx.el.p(
                money(card.payment["total"], card.payment["currency"]),
                class_name="stat-value",
                custom_attrs={"data-testid": "pay-amount", "data-value": card.payment["total"]},
            ),
        ),
        _facts(card.payment),
        class_name="stack",
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


def _question(card: Card) -> rx.Component:
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
