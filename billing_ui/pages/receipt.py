"""/receipts/{number}/: anybody who holds a receipt can see whether it is genuine and still counts."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import submit
from billing_ui.components.field import field, native_form, text_input
from billing_ui.components.notice import error_summary
from billing_ui.components.record import record
from billing_ui.components.surface import card, facts, skeleton
from billing_ui.components.text import money, t, when
from billing_ui.components.verdict import terminal_state
from billing_ui.pages.form_page import form_page, heading
from billing_ui.state.receipt import ReceiptState

_LOOKS = {"valid": ("ok", "check"), "partly_refunded": ("warn", "return"), "refunded": ("bad", "return")}


def page() -> rx.Component:
    shown = rx.cond(ReceiptState.proof, _proof(), rx.cond(ReceiptState.ready, _question(), _bones()))
    return form_page(shown, ready=ReceiptState.ready)


def _bones() -> rx.Component:
    """Whether it will be the question or the answer is not known yet."""
    return rx.el.div(
        rx.el.h1(t("receipt.page"), class_name="sr-only"),
        skeleton("64px", "70%"),
        skeleton("320px"),
        class_name="stack",
    )


def _question() -> rx.Component:
    """The form asks its own address again, with the code."""
    code = text_input(
        "c",
        described=True,
        testid="receipt-code",
        default_value=ReceiptState.typed,
        required=True,
        max_length=40,
        auto_complete="off",
        auto_capitalize="characters",
        spell_check=False,
        style={"font_family": "var(--mono)", "text_transform": "uppercase"},
    )
    number = rx.cond(
        ReceiptState.number != "",
        facts([("receipt.number", rx.el.span(ReceiptState.number, class_name="mono"))]),
        rx.fragment(),
    )
    return rx.el.div(
        heading("receipt.page", "receipt.lead"),
        card(
            error_summary(record(ReceiptState.error)["code"].to(str), record(ReceiptState.error)["args"]),
            number,
            native_form(
                field("receipt.code", code, for_="c", hint="receipt.code_hint"),
                submit("receipt.check", testid="receipt-check"),
                action="",
                method="get",
                key=ReceiptState.typed,
            ),
            class_name="stack",
        ),
    )


def _proof() -> rx.Component:
    shown = record(ReceiptState.proof)
    said = {"brand": shown["brand"], "money": money(shown["refunded"], shown["currency"])}
    verdicts = [
        (
            name,
            terminal_state(f"receipt.{name}", t(f"receipt.{name}_body", said), tone=tone, icon_name=shape, level=1),
        )
        for name, (tone, shape) in _LOOKS.items()
    ]
    return rx.el.div(
        card(
            rx.match(shown["standing"], *verdicts, rx.fragment()),
            facts(
                [
                    ("receipt.number", rx.el.span(shown["number"], class_name="mono")),
                    ("receipt.issuer", shown["issuer"]),
                    ("receipt.paid_at", when(shown["paid_at"], shown["zone"])),
                ],
                total=("receipt.total", money(shown["total"], shown["currency"])),
            ),
            class_name="stack",
        ),
        custom_attrs={"data-testid": "receipt-proof", "data-standing": shown["standing"]},
    )
