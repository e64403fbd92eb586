"""What every dialog about money at the desk asks: why, in words, and the bank's number of a transfer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.field import field
from billing_ui.components.text import Handler, Words, t


def reason_select(id_: str, reasons: Sequence[str], *, value: Any, on_change: Handler) -> rx.Component:
    control = rx.el.select(
        rx.el.option(t("adm.reason_pick"), value=""),
        *[rx.el.option(t(f"adm.reason_is.{reason}"), value=reason) for reason in reasons],
        id=id_,
        value=value,
        on_change=on_change,
        class_name="input",
        custom_attrs={"data-testid": id_},
    )
    return field("adm.reason", control, for_=id_)


def note_box(id_: str, *, times: Any, on_told: Handler, label: Words = "adm.note") -> rx.Component:
    """Told when the box is left, which happens before any button is pressed. `times` empties it for the next case."""
    control = rx.el.textarea(
        id=id_,
        rows="3",
        max_length=400,
        key="note" + times.to(str),
        on_blur=on_told,
        class_name="input",
        custom_attrs={"data-testid": id_, "aria-describedby": f"{id_}-hint"},
    )
    return field(label, control, for_=id_, hint="adm.note_hint")


def short_box(id_: str, label: Words, *, on_told: Handler, hint: Words) -> rx.Component:
    """A number or a word that has to be typed exactly."""
    control = rx.el.input(
        id=id_,
        max_length=100,
        on_blur=on_told,
        auto_complete="off",
        class_name="input",
        custom_attrs={"data-testid": id_, "aria-describedby": f"{id_}-hint"},
    )
    return field(label, control, for_=id_, hint=hint)
