"""Form fields with label, hint and error, and forms that the browser posts itself."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.browser import AmountInput, NativeForm, Secret, ZoneSelect
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said

# What people in Indonesia choose from; the browser's own zone is added when it is another one.
ZONES = (
    ("Asia/Jakarta", "WIB · Jakarta"),
    ("Asia/Makassar", "WITA · Makassar"),
    ("Asia/Jayapura", "WIT · Jayapura"),
    ("UTC", "UTC"),
)


def native_form(*children: rx.Component, action: Any, **props: Any) -> rx.Component:
    """A real `<form method=post>`: cookies set by the answer reach the next page."""
    return NativeForm.create(*children, action=action, class_name=props.pop("class_name", "stack"), **props)


def hidden(name: str, value: Any) -> rx.Component:
    """A value that travels with a form."""
    return rx.el.input(type="hidden", name=name, value=value, read_only=True)


def field(
    label: Words, control: rx.Component, *, for_: str, hint: Words | None = None, error: rx.Var[str] | None = None
) -> rx.Component:
    """Label above, hint and error below, tied to the control by ids `{for_}-hint` and `{for_}-error`."""
    return rx.el.div(
        rx.el.label(said(label), html_for=for_),
        control,
        rx.fragment() if hint is None else rx.el.p(said(hint), id=f"{for_}-hint", class_name="hint"),
        rx.fragment() if error is None else field_error(error, f"{for_}-error"),
        class_name="field",
    )


def field_error(words: rx.Var[str], id_: str) -> rx.Component:
    """Why this one entry was refused."""
    return rx.cond(words != "", rx.el.p(icon("alert"), words, id=id_, class_name="field-error"), rx.fragment())


def text_input(
    name: str, *, type_: str = "text", described: bool = False, testid: str = "", **props: Any
) -> rx.Component:
    """A plain input; its id is its name."""
    return rx.el.input(
        id=name, name=name, type=type_, class_name="input", custom_attrs=described_by(name, described, testid), **props
    )


def email_field(*, value: Any = "", testid: str = "", label: Words = "auth.email") -> rx.Component:
    """The address a person signs in with."""
    control = text_input(
        "email",
        type_="email",
        testid=testid,
        auto_complete="username",
        input_mode="email",
        required=True,
        default_value=value,
        max_length=254,
    )
    return field(label, control, for_="email")


def password_field(
    *, new: bool = False, minimum: int = 0, hint: Words | None = None, label: Words = "auth.password", testid: str = ""
) -> rx.Component:
    """A password that can be shown; managers and pasting are welcome."""
    extra = {"min_length": minimum} if minimum else {}
    control = Secret.create(
        id="password",
        name="password",
        auto_complete="new-password" if new else "current-password",
        required=True,
        custom_attrs={**described_by("password", hint is not None, testid), "maxLength": 256},
        **extra,
    )
    return field(label, control, for_="password", hint=hint)


def amount_field(
    label: Words, *, value: rx.Var[int], on_amount: Handler, hint: Words, error: rx.Var[str], testid: str = ""
) -> rx.Component:
    """An amount of money in whole units, grouped while typing."""
    control = AmountInput.create(
        id="amount",
        name="amount",
        value=value,
        on_amount=on_amount,
        custom_attrs={
            **described_by("amount", True, testid),
            "aria-invalid": rx.cond(error != "", "true", "false"),
        },
    )
    return field(label, control, for_="amount", hint=hint, error=error)


def zone_field(*, hint: Words = "auth.zone_hint") -> rx.Component:
    """The account's time zone, guessed from the browser."""
    control = ZoneSelect.create(
        id="zone", name="zone", zones=[list(zone) for zone in ZONES], custom_attrs=described_by("zone", True, "zone")
    )
    return field("auth.zone", control, for_="zone", hint=hint)


def select(name: str, options: Sequence[tuple[str, Words]], *, value: Any, on_change: Handler) -> rx.Component:
    """A native select of value and words."""
    return rx.el.select(
        *[rx.el.option(said(words), value=option) for option, words in options],
        id=name,
        name=name,
        value=value,
        on_change=on_change,
        class_name="input",
    )


def described_by(name: str, hinted: bool, testid: str) -> dict[str, Any]:
    """Ties a control to its hint and error, and names it for tests."""
    attrs: dict[str, Any] = {"aria-describedby": f"{name}-hint {name}-error"} if hinted else {}
    return {**attrs, "data-testid": testid} if testid else attrs
