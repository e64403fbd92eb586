"""What every act at the desk is made of: the line that waits for it, its dialog, and what that asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reflex as rx

from billing_ui.components.action import Kind, button
from billing_ui.components.disclosure import modal
from billing_ui.components.field import field
from billing_ui.components.icons import icon
from billing_ui.components.notice import error_summary
from billing_ui.components.text import Handler, Words, t
from billing_ui.state.admin_act import DeskDialog
from billing_ui.state.admin_desk import AdminDesk


def waiting_line(*told: Any, act: Words, on_act: Handler, act_testid: str, **attrs: Any) -> rx.Component:
    """Something that only a person ends; whoever may not is told who may."""
    return rx.el.div(
        icon("alert"),
        rx.el.div(*told, class_name="notice-body"),
        rx.cond(
            AdminDesk.may_resolve,
            button(act, on_click=on_act, kind="secondary", size="sm", testid=act_testid),
            rx.el.span(t("adm.decide_not_you"), class_name="small"),
        ),
        class_name="notice wraps",
        custom_attrs={"data-tone": "warn", **attrs},
    )


def act_dialog(
    name: str,
    state: type[DeskDialog],
    title: Words,
    *asked: Any,
    act: Words,
    on_act: Handler,
    disabled: Any = False,
    kind: Kind = "primary",
) -> rx.Component:
    """Opened, it says what would happen and asks; a refusal stands above what it asks."""
    return modal(
        title,
        rx.cond(state.opened, rx.el.div(*asked, class_name="stack"), rx.fragment()),
        opened=state.opened,
        on_close=state.close,
        actions=(
            button("adm.decide_keep", on_click=state.close, kind="secondary", testid=f"{name}-keep"),
            button(act, on_click=on_act, kind=kind, busy=state.busy, disabled=disabled, testid=f"{name}-do"),
        ),
        id_=name,
    )


def refused(name: str, state: type[DeskDialog], words: Words | None = None) -> rx.Component:
    return error_summary(state.error["code"].to(str), state.error["args"], testid=f"{name}-error", words=words)


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


def note_box(id_: str, state: type[DeskDialog], label: Words = "adm.note") -> rx.Component:
    """Told when the box is left, which happens before any button is pressed. `times` empties it for the next case."""
    control = rx.el.textarea(
        id=id_,
        rows="3",
        max_length=400,
        key="note" + state.times.to(str),
        on_blur=lambda words: state.write("note", words),
        class_name="input",
        custom_attrs={"data-testid": id_, "aria-describedby": f"{id_}-hint"},
    )
    return field(label, control, for_=id_, hint="adm.note_hint")


def number_box(id_: str, state: type[DeskDialog]) -> rx.Component:
    return short_box(
        id_, "adm.bank_number", on_told=lambda words: state.write("number", words), hint="adm.bank_number_hint"
    )


def short_box(id_: str, label: Words, *, on_told: Handler, hint: Words, longest: int = 100) -> rx.Component:
    """A number or a word that has to be typed exactly."""
    control = rx.el.input(
        id=id_,
        max_length=longest,
        on_blur=on_told,
        auto_complete="off",
        class_name="input",
        custom_attrs={"data-testid": id_, "aria-describedby": f"{id_}-hint"},
    )
    return field(label, control, for_=id_, hint=hint)
