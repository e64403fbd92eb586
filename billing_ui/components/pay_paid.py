"""A payment that is done: the new balance and the receipt; and what every state says about the purchase."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import copy_button, link_button
from billing_ui.components.marks import badge
from billing_ui.components.notice import notice
from billing_ui.components.payment import price_parts
from billing_ui.components.surface import balance_stat, facts
from billing_ui.components.text import language, money, num, t, when


def pay_facts(shown: Any) -> rx.Component:
    """What is bought, how it is paid, and the number to name when asking for help."""
    return facts(
        [
            ("pay.item", t("pay.item_tokens", tokens=num(shown["tokens"]))),
            ("pay.method", t("method." + shown["method"].to(str))),
            *_price(shown),
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


def _price(shown: Any) -> list[rx.Component]:
    return price_parts(shown["amount"], shown["fee"], shown["tax"], shown["currency"])


def pay_paid(shown: Any, brand: Any, home: Any) -> rx.Component:
    """Members see the new balance and the receipt; whoever else holds the link sees that it is paid."""
    return rx.el.div(
        rx.cond(
            shown["member"],
            rx.el.div(
                balance_stat(
                    shown["balance"].to(int),
                    num(shown["balance"]),
                    t("unit.token_word"),
                    note=rx.cond(shown["standing"] == "", badge("+" + num(shown["tokens"]), tone="ok"), rx.fragment()),
                ),
                _besides(shown),
                _receipt(shown),
                class_name="stack",
            ),
            pay_facts(shown),
        ),
        rx.el.div(
            link_button(t("pay.back", brand=brand), home, size="lg"),
            rx.cond(
                shown["member"],
                link_button("pay.back_overview", "/subscription/overview/", kind="secondary", size="lg"),
                rx.fragment(),
            ),
            class_name="row pay-actions",
        ),
        class_name="stack",
    )


def _besides(shown: Any) -> rx.Component:
    """Money that came on top of the price: what waits for a decision, and what went back already."""
    return rx.fragment(
        _each(shown["kept"], "pay.kept", tone="warn"), _each(shown["returned"], "pay.returned", tone="info")
    )


def _each(sums: Any, words: str, *, tone: str) -> rx.Component:
    """It may have come in another money than the price."""

    def told(one: Any) -> rx.Component:
        return notice(t(words, money=money(one["amount"].to(int), one["currency"])), tone=tone)

    return rx.foreach(sums.to(list[dict[str, Any]]), told)


def _receipt(shown: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.h2(t("pay.receipt_title"), font_size="16px"),
            rx.cond(shown["receipt"] != "", _download(shown["receipt"].to(str)), rx.fragment()),
            class_name="between",
        ),
        facts(
            [
                (
                    "pay.receipt_number",
                    rx.el.span(rx.cond(shown["receipt"] != "", shown["receipt"], shown["ref"]), class_name="mono"),
                ),
                ("pay.paid_at", when(shown["paid_at"], shown["zone"])),
                ("pay.method", t("method." + shown["method"].to(str))),
                ("pay.item", t("pay.item_tokens", tokens=num(shown["tokens"]))),
                *_price(shown),
            ],
            total=("topup.total_paid", money(shown["total"], shown["currency"])),
        ),
        class_name="well stack-sm",
        custom_attrs={"data-testid": "receipt"},
    )


def _download(number: rx.Var[str]) -> rx.Component:
    """The paper in the language of this page, beside it: the page stays."""
    return link_button(
        "pay.receipt",
        "/receipts/" + number + ".pdf?lang=" + language(),
        kind="secondary",
        size="sm",
        icon_name="download",
        testid="receipt-pdf",
        target="_blank",
    )
