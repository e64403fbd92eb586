"""The parts of a pending payment: amount and clock, the QRIS card, the virtual account card."""

from typing import Any

import reflex as rx

from billing_ui.components.action import copy_button, link_button
from billing_ui.components.browser import Countdown
from billing_ui.components.disclosure import fold, steps, steps_of
from billing_ui.components.surface import fact_where
from billing_ui.components.text import Handler, money, pair, t, when


def amount_due(amount: rx.Var[int], currency: Any) -> rx.Component:
    """The exact amount, large, and a button that copies its digits."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(t("pay.amount"), class_name="stat-label"),
            rx.el.p(
                money(amount, currency),
                class_name="pay-amount",
                custom_attrs={"data-testid": "pay-amount", "data-value": amount},
            ),
        ),
        copy_button(amount, "pay.copy_amount"),
        class_name="between",
    )


def price_parts(price: Any, fee: Any, tax: Any, currency: Any) -> list[rx.Component]:
    """What a total is made of, for `facts`; nothing where it is the price alone."""
    has_fee, has_tax = fee.to(int) > 0, tax.to(int) > 0
    return [
        fact_where(has_fee | has_tax, "topup.price", money(price, currency)),
        fact_where(has_fee, "topup.fee", money(fee, currency)),
        fact_where(has_tax, "topup.tax_plain", money(tax, currency)),
    ]


def deadline(until: rx.Var[str], zone: Any, *, on_done: Handler = None) -> rx.Component:
    """How long is left and until when, in words and as a clock."""
    events = {} if on_done is None else {"on_done": on_done}
    return rx.el.div(
        rx.el.span(t("pay.before", when=when(until, zone)), class_name="small muted text-balance"),
        Countdown.create(until=until, class_name="clock", **events),
        class_name="between",
    )


def qr_card(
    picture: Any, *, payload: Any, merchant: Any, nmid: Any, amount: rx.Var[int], currency: Any, download: Any
) -> rx.Component:
    """The code, black on white in both themes, with whom and how much to check before paying."""
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                rx.el.span("QRIS"),
                rx.cond(nmid != "", rx.el.small(t("qris.nmid", nmid=nmid)), rx.fragment()),
                class_name="qr-mark",
            ),
            rx.el.img(
                src=picture,
                alt=t("qris.alt", merchant=merchant, money=money(amount, currency)),
                width="296",
                height="296",
                custom_attrs={"data-testid": "pay-qr", "data-payload": payload},
            ),
            rx.el.p(merchant, font_weight="650"),
            class_name="qr-card",
        ),
        rx.el.p(
            t("qris.verify", merchant=merchant, money=money(amount, currency)),
            class_name="small muted",
            text_align="center",
        ),
        rx.el.div(
            link_button("qris.download", download, icon_name="download", wide=True, size="lg", download="qris.png"),
            class_name="sm:hidden",
        ),
        rx.el.div(
            link_button(
                "qris.download", download, icon_name="download", kind="secondary", wide=True, download="qris.png"
            ),
            class_name="hidden sm:block",
        ),
        qris_steps(),
        class_name="stack",
    )


def qris_steps() -> rx.Component:
    """On a phone the code is saved first, because no phone can scan its own screen."""
    return rx.el.div(
        rx.el.div(
            fold("pay.steps", steps([f"qris.step{n}" for n in range(1, 5)]), opened=True), class_name="sm:hidden"
        ),
        rx.el.div(fold("pay.steps", steps([f"qris.desk{n}" for n in range(1, 4)])), class_name="hidden sm:block"),
    )


def va_card(
    number: rx.Var[str], grouped: Any, *, bank: Any, holder: Any, amount: rx.Var[int], currency: Any, channels: Any
) -> rx.Component:
    """The account number grouped for the eye, copied without spaces. `channels` is a list of `{name, steps}`."""
    return rx.el.div(
        rx.el.div(
            rx.el.p(bank, class_name="small", font_weight="600"),
            rx.el.div(
                rx.el.div(
                    rx.el.p(t("va.number"), class_name="fine"),
                    rx.el.p(
                        grouped, class_name="va-number", custom_attrs={"data-testid": "pay-va", "data-value": number}
                    ),
                ),
                copy_button(number, "pay.copy_number"),
                class_name="between wraps",
            ),
            rx.el.p(t("va.holder"), ": ", holder, class_name="small muted"),
            class_name="well stack-sm",
        ),
        rx.el.p(t("va.exact", money=money(amount, currency)), class_name="small muted"),
        rx.el.div(
            rx.el.h2(t("va.how"), class_name="mb-1", font_size="16px"),
            rx.foreach(
                channels,
                lambda channel: fold(
                    pair(channel["name"]), steps_of(channel["steps"].to(list[dict[str, str]]), pair), group="va-how"
                ),
            ),
        ),
        class_name="stack",
    )


def status_line(status: rx.Var[str], ref: rx.Var[str], *parts: Any) -> rx.Component:
    """The sentence that says where the payment stands, and the hook that says it to machines."""
    return rx.el.div(
        *parts,
        role="status",
        custom_attrs={"data-testid": "pay-status", "data-status": status, "data-ref": ref},
    )
