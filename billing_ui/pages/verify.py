"""/auth/verify/: proves an e-mail address by a button, and helps when the mail does not come."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import link, link_button, submit
from billing_ui.components.browser import Address
from billing_ui.components.disclosure import fold
from billing_ui.components.field import email_field, hidden, native_form
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.surface import card
from billing_ui.components.text import t
from billing_ui.components.verdict import terminal_state
from billing_ui.pages.form_page import form_page, heading
from billing_ui.state.auth import VerifyState
from billing_ui.state.session import Session


def page() -> rx.Component:
    return form_page(
        rx.match(
            VerifyState.phase,
            ("confirm", _confirm()),
            ("proven", _proven()),
            ("waiting", _waiting()),
            _stranger(),
        ),
        rx.cond(VerifyState.ready, Address.create(query=VerifyState.address), rx.fragment()),
        ready=VerifyState.ready,
    )


def _refused() -> rx.Component:
    return error_summary(VerifyState.error["code"].to(str), VerifyState.error["args"])


def _confirm() -> rx.Component:
    return rx.el.div(
        heading("auth.verify_button", "auth.verify_confirm"),
        card(
            native_form(
                hidden("token", VerifyState.token),
                submit("auth.verify_button", testid="verify-confirm"),
                action="/session/verify",
            )
        ),
    )


def _proven() -> rx.Component:
    return card(
        terminal_state(
            "auth.verify_ok",
            t("auth.verify_ok_body"),
            tone="ok",
            icon_name="check",
            level=1,
            actions=(
                rx.cond(
                    Session.signed_in,
                    link_button("app.next", VerifyState.onward, testid="verify-next"),
                    link_button("nav.signin", "/auth/", testid="verify-next"),
                ),
            ),
        ),
        custom_attrs={"data-testid": "verify-ok"},
    )


def _waiting() -> rx.Component:
    """Names the address, sends again, corrects a typo; nobody has to wait here."""
    email = Session.user["email"]
    return rx.el.div(
        heading("auth.verify_title", t("auth.verify", email=email)),
        card(
            _refused(),
            rx.cond(
                VerifyState.resent,
                rx.el.div(
                    notice(t("auth.resent", email=email), tone="ok", icon_name="mail"),
                    role="status",
                    custom_attrs={"data-testid": "verify-resent"},
                ),
                rx.fragment(),
            ),
            rx.el.p(t("auth.verify_spam"), class_name="small muted"),
            native_form(
                rx.el.button(
                    t("auth.resend"),
                    type="submit",
                    class_name="btn btn-primary btn-lg btn-wide",
                    custom_attrs={"data-testid": "verify-resend"},
                ),
                action="/session/resend",
            ),
            fold("auth.verify_typo", _correction(email)),
            class_name="stack",
        ),
        rx.el.p(link("auth.verify_later", VerifyState.onward), class_name="small mt-6"),
    )


def _correction(email: rx.Var[str]) -> rx.Component:
    kept = rx.cond(VerifyState.typed != "", VerifyState.typed, email)
    return native_form(
        email_field(value=kept, testid="verify-email"),
        rx.el.button(
            t("auth.verify_change"),
            type="submit",
            class_name="btn btn-secondary btn-wide",
            custom_attrs={"data-testid": "verify-change"},
        ),
        action="/session/email",
        key=kept,
    )


def _stranger() -> rx.Component:
    return rx.el.div(
        heading("auth.verify_title", "auth.verify_stranger"),
        card(
            _refused(),
            link_button("nav.signin", "/auth/?redirect_url=/auth/verify/", wide=True, size="lg"),
            class_name="stack",
        ),
    )
