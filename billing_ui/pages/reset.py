"""/auth/reset/: asks for a link by mail, then takes the new password. Opening the link uses nothing up."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import link, submit
from billing_ui.components.browser import Address
from billing_ui.components.field import email_field, hidden, native_form, password_field
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.surface import card
from billing_ui.components.text import t
from billing_ui.pages.form_page import form_page, heading
from billing_ui.rules.identity import SHORTEST_PASSWORD
from billing_ui.services.resets import LIVES
from billing_ui.state.auth import ResetState

_MINUTES = int(LIVES.total_seconds()) // 60


def page() -> rx.Component:
    is_new = ResetState.phase == "new"
    return form_page(
        heading(
            rx.cond(is_new, t("auth.reset_new_title"), t("auth.reset_title")),
            rx.match(
                ResetState.phase,
                ("new", t("auth.reset_new_lead")),
                ("sent", ""),
                t("auth.reset_lead"),
            ),
        ),
        card(
            error_summary(ResetState.error["code"].to(str), ResetState.error["args"]),
            rx.match(ResetState.phase, ("new", _new()), ("sent", _sent()), _ask()),
            class_name="stack",
        ),
        rx.el.p(link("auth.back_signin", "/auth/"), class_name="small mt-6"),
        rx.cond(ResetState.ready, Address.create(query=ResetState.address), rx.fragment()),
        ready=ResetState.ready,
    )


def _ask() -> rx.Component:
    return native_form(
        hidden("redirect_url", ResetState.onward),
        email_field(value=ResetState.email, testid="reset-email"),
        submit("auth.reset_send", testid="reset-send"),
        action="/session/forgot",
        key=ResetState.email,
    )


def _sent() -> rx.Component:
    """The same words for known and unknown addresses."""
    words = rx.cond(
        ResetState.email != "",
        t("auth.reset_sent", email=ResetState.email, minutes=_MINUTES),
        t("auth.reset_sent_plain", minutes=_MINUTES),
    )
    return rx.el.div(
        rx.el.div(
            notice(words, tone="ok", icon_name="mail"), role="status", custom_attrs={"data-testid": "reset-sent"}
        ),
        rx.el.p(t("auth.verify_spam"), class_name="small muted"),
        _ask_again(),
        class_name="stack",
    )


def _ask_again() -> rx.Component:
    return rx.cond(
        ResetState.email != "",
        native_form(
            hidden("email", ResetState.email),
            hidden("redirect_url", ResetState.onward),
            rx.el.button(t("auth.resend"), type="submit", class_name="btn btn-secondary btn-wide"),
            action="/session/forgot",
        ),
        rx.fragment(),
    )


def _new() -> rx.Component:
    return native_form(
        hidden("token", ResetState.token),
        hidden("redirect_url", ResetState.onward),
        password_field(
            new=True,
            minimum=SHORTEST_PASSWORD,
            hint=t("auth.hint", count=SHORTEST_PASSWORD),
            label="auth.reset_new",
            testid="reset-password",
        ),
        submit("auth.reset_save", testid="reset-save"),
        action="/session/reset",
    )
