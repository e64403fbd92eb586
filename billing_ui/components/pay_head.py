"""What a payment's state is called, and the sentence that says what it means for the money."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.icons import icon
from billing_ui.components.text import money, num, t


def pay_head(shown: Any, level: int) -> rx.Component:
    """The one heading of the card: where the payment stands, and what that means for the money."""
    heads = {
        "created": ("pay.created", t("pay.created_body"), "info", "clock"),
        "pending": ("pay.waiting", t("pay.auto"), "warn", "clock"),
        "processing": ("pay.processing", t("pay.processing_body"), "info", "clock"),
        "unknown": ("pay.unknown", t("pay.unknown_body"), "warn", "clock"),
        "failed": ("pay.failed", _why(shown), "bad", "cross"),
        "expired": ("pay.expired", rx.cond(shown["is_push"], t("ew.expired_body"), t("pay.expired_body")), "", "clock"),
        "canceled": ("pay.canceled", t("pay.canceled_body"), "", "cross"),
        "review": (
            "pay.review",
            t("pay.review_body", money=money(shown["total"], shown["currency"])),
            "warn",
            "search",
        ),
    }
    return rx.match(
        shown["status"],
        ("paid", _paid(shown, level)),
        *[(status, _title(level, *words)) for status, words in heads.items()],
        _title(level, "pay.created", "", "", "clock"),
    )


def _paid(shown: Any, level: int) -> rx.Component:
    """Money that came and went again, or that a bank looks into, is no plain success any more."""
    now = {
        "balance": t("unit.tokens", tokens=num(shown["balance"])),
        "money": money(shown["refunded"], shown["currency"]),
    }
    part = t("pay.partly_refunded_body", total=money(shown["total"], shown["currency"]), **now)
    return rx.match(
        shown["standing"],
        ("refunded", _title(level, "pay.refunded", t("pay.refunded_body", **now), "info", "return")),
        ("partly_refunded", _title(level, "pay.partly_refunded", part, "info", "return")),
        ("disputed", _title(level, "pay.disputed", t("pay.disputed_body", balance=now["balance"]), "warn", "alert")),
        _title(level, "pay.ok", _received(shown), "ok", "check"),
    )


def _title(level: int, key: str, body: Any, tone: str, shape: str) -> rx.Component:
    heading = rx.el.h1 if level == 1 else rx.el.h3
    return rx.el.div(
        rx.el.div(icon(shape), class_name="halo", custom_attrs={"data-tone": tone}),
        rx.el.div(
            heading(t(key), id="pay-title", tab_index=-1, class_name="pay-title"), rx.el.p(body, class_name="muted")
        ),
        class_name="pay-head",
    )


def _received(shown: Any) -> rx.Var[str]:
    late = rx.cond(shown["late"], t("pay.late") + " ", "")
    return late + rx.cond(
        shown["member"],
        t(
            "pay.ok_body",
            amount=t("unit.tokens", tokens=num(shown["tokens"])),
            balance=t("unit.tokens", tokens=num(shown["balance"])),
        ),
        t("pay.ok_public", money=money(shown["total"], shown["currency"])),
    )


def _why(shown: Any) -> rx.Var[str]:
    """Gateways have many words; one without a sentence of its own gets that of its family."""
    failure = shown["failure"]
    reason = rx.cond(failure, t("pay.reason." + failure.to(str)), t("pay.reason.unknown"))
    return t("pay.failed_body", reason=reason)
