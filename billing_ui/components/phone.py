"""The mobile number of whoever pays by approving on a phone."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.field import described_by, field
from billing_ui.components.text import Handler, Words, t


def phone_field(
    label: Words, *, value: Any, on_phone: Handler, hint: Words, error: rx.Var[str], testid: str = "phone-input"
) -> rx.Component:
    """An Indonesian mobile number behind its prefix; told when the field is left, so that keys stay in the browser."""
    control = rx.el.div(
        rx.el.span("+62", class_name="prefix tnum", custom_attrs={"aria-hidden": "true"}),
        rx.el.input(
            id="phone",
            name="phone",
            type="tel",
            input_mode="tel",
            auto_complete="tel-national",
            placeholder="812 3456 7890",
            max_length=24,
            default_value=value,
            on_blur=on_phone,
            class_name="input tnum",
            custom_attrs={
                **described_by("phone", True, testid),
                "aria-invalid": rx.cond(error != "", "true", "false"),
            },
        ),
        class_name="prefixed",
    )
    return field(label, control, for_="phone", hint=hint, error=error)


def phone_error(error: Any) -> rx.Var[str]:
    """What is wrong with the number, while the refusal is about it."""
    return rx.cond(
        error["place"] == "phone",
        rx.cond(error["args"].to(dict[str, str])["why"] == "required", t("ew.phone_missing"), t("ew.phone_wrong")),
        "",
    )
