"""Every way to pay in its group, with its hint, fee and limits, or the reason why it cannot take the amount."""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex.vars import ObjectVar

from billing_ui.components.choice import radio_tile
from billing_ui.components.phone import phone_error, phone_field
from billing_ui.components.record import record
from billing_ui.components.text import money, t
from billing_ui.state.session import Session
from billing_ui.state.topup import TopupState


def methods() -> rx.Component:
    """The fieldset of methods; the phone number stands under the one that asks for it."""
    return rx.el.fieldset(
        rx.el.legend(t("topup.method"), class_name="section-title"),
        rx.el.div(rx.foreach(TopupState.groups, _group), _shut(), class_name="stack"),
    )


def _group(group: ObjectVar[dict[str, Any]]) -> rx.Component:
    """A group that is closed as a whole takes no room here."""
    return rx.cond(
        group["open"],
        rx.el.div(
            rx.el.p(t("method_group." + group["name"].to(str)), class_name="group-title"),
            rx.el.div(
                rx.foreach(
                    group["methods"].to(list[dict[str, Any]]),
                    lambda method: rx.cond(_is_shut(method), rx.fragment(), _open_method(method)),
                ),
                class_name="tiles tiles-method",
                custom_attrs={"data-group": group["name"].to(str)},
            ),
            role="group",
            custom_attrs={"aria-label": t("method_group." + group["name"].to(str))},
        ),
        rx.fragment(),
    )


def _open_method(method: ObjectVar[dict[str, Any]]) -> rx.Component:
    is_chosen = TopupState.method == method["code"].to(str)
    return rx.fragment(_method(method), rx.cond(method["needs_phone"].bool() & is_chosen, _phone(), rx.fragment()))


def _phone() -> rx.Component:
    """For a method that asks its payer by phone; the number used last stands there already."""
    wallet = t("method." + TopupState.method)
    return rx.el.div(
        phone_field(
            t("ew.phone", wallet=wallet),
            value=TopupState.phone,
            on_phone=TopupState.type_phone,
            hint=t("ew.phone_hint", wallet=wallet),
            error=phone_error(record(TopupState.error)),
        ),
        class_name="typed",
    )


def _is_shut(method: ObjectVar[dict[str, Any]]) -> rx.Var[bool]:
    return (method["why"] == "closed") | (method["why"] == "currency")


def _shut() -> rx.Component:
    """What cannot be used with any amount: one quiet line at the end, each with its reason for who listens."""
    return rx.el.div(
        rx.el.p(t("topup.method_closed"), class_name="group-title"),
        rx.el.div(
            rx.foreach(
                TopupState.groups,
                lambda group: rx.foreach(
                    group["methods"].to(list[dict[str, Any]]),
                    lambda method: rx.cond(_is_shut(method), _shut_method(method), rx.fragment()),
                ),
            ),
            class_name="shut-row",
        ),
        role="group",
        class_name="shut-group",
        custom_attrs={"aria-label": t("topup.method_closed")},
    )


def _shut_method(method: ObjectVar[dict[str, Any]]) -> rx.Component:
    code = method["code"].to(str)
    return rx.el.label(
        rx.el.input(type="radio", name="method-choice", value=code, disabled=True, class_name="sr-only"),
        t("method." + code),
        rx.el.span(": ", t("topup.method_closed"), class_name="sr-only"),
        class_name="shut",
        custom_attrs={"data-testid": rx.Var.create("method-") + code, "data-disabled-reason": method["why"]},
    )


def _method(method: ObjectVar[dict[str, Any]]) -> rx.Component:
    why = method["why"].to(str)
    code = method["code"].to(str)
    return radio_tile(
        "method-choice",
        code,
        t("method." + code),
        note=rx.fragment(
            rx.match(
                why,
                ("", t("method_hint." + code)),
                ("minimum", t("topup.method_min", money=money(method["minimum"], Session.currency))),
                ("maximum", t("topup.method_max", money=money(method["maximum"], Session.currency))),
                t("topup.method_closed"),
            ),
            _cost(method),
        ),
        checked=TopupState.method == code,
        on_pick=TopupState.pick_method(code),
        disabled=why != "",
        testid=rx.Var.create("method-") + code,
        attrs={"data-disabled-reason": rx.cond(why != "", why, rx.Var("undefined"))},
    )


def _cost(method: ObjectVar[dict[str, Any]]) -> rx.Component:
    """What this way to pay costs and takes; nothing where there is nothing to tell."""
    low, high = (money(method[bound], Session.currency) for bound in ("minimum", "maximum"))
    fee = t("topup.method_fee", money=money(method["fee"], Session.currency))
    cost = rx.match(method["cost"].to(str), ("fee", fee), ("none", t("topup.method_free")), "")
    bounds = rx.match(
        method["bounds"].to(str),
        ("both", t("topup.method_bounds", min=low, max=high)),
        ("maximum", t("topup.method_up_to", money=high)),
        "",
    )
    return rx.cond(
        method["cost"].bool() | method["bounds"].bool(),
        rx.el.span(
            rx.cond(
                method["cost"],
                rx.el.span(rx.el.span(t("topup.fee"), ": ", class_name="sr-only"), cost, class_name="tile-cost"),
                rx.fragment(),
            ),
            rx.cond(method["bounds"], rx.el.span(bounds), rx.fragment()),
            class_name="tile-terms",
        ),
        rx.fragment(),
    )
