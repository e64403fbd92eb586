"""/auth/: one card, two ways in. The form is posted by the browser itself, so that the answer can set the cookie."""

from __future__ import annotations

import reflex as rx
from reflex.experimental import ClientStateVar

from billing_ui.components.action import link, submit
from billing_ui.components.browser import Secret
from billing_ui.components.field import described_by, email_field, field, hidden, native_form, text_input, zone_field
from billing_ui.components.notice import error_summary
from billing_ui.components.surface import card
from billing_ui.components.text import language, t
from billing_ui.pages.form_page import form_page, heading
from billing_ui.rules.identity import LONGEST_NAME, SHORTEST_PASSWORD
from billing_ui.state.auth import AuthState
from billing_ui.state.session import Session

# The tab is switched in the browser: what is typed stays, and nobody waits. Empty means: as the address says.
_PICKED = ClientStateVar.create("auth_tab", default="")


def page() -> rx.Component:
    tab = rx.cond(_PICKED.value != "", _PICKED.value, AuthState.tab)
    is_new = tab == "signup"
    brand = Session.brand["name"]
    return form_page(
        heading(
            rx.cond(is_new, t("auth.title_signup", brand=brand), t("auth.title_signin", brand=brand)),
            rx.cond(is_new, t("auth.lead_signup"), t("auth.lead_signin")),
        ),
        card(
            rx.el.nav(
                _tab("nav.signin", "signin", ~is_new, "/auth/"),
                _tab("auth.signup", "signup", is_new, "/auth/?tab=signup"),
                class_name="tabs mb-6",
                custom_attrs={"aria-label": t("auth.tabs")},
            ),
            rx.el.div(
                error_summary(AuthState.error["code"].to(str), AuthState.error["args"], testid="auth-error"),
                class_name="mb-4 empty:hidden",
            ),
            _form(is_new),
            on_mount=_PICKED.set_value(""),
        ),
        ready=AuthState.ready,
    )


def _tab(words: str, name: str, is_current: rx.Var[bool], href: str) -> rx.Component:
    return rx.el.a(
        t(words),
        href=href,
        on_click=[rx.prevent_default, _PICKED.set_value(name)],
        class_name="tab flex-1 justify-center",
        custom_attrs={"aria-current": rx.cond(is_current, "page", "false"), "data-testid": f"auth-tab-{name}"},
    )


def _form(is_new: rx.Var[bool]) -> rx.Component:
    """Both ways share e-mail and password, so nothing is typed twice. A kept e-mail arrives late and redraws it."""
    return native_form(
        hidden("redirect_url", AuthState.onward),
        hidden("language", language()),
        rx.cond(is_new, _name_field(), rx.fragment()),
        email_field(value=AuthState.email, testid="auth-email"),
        rx.el.div(
            _password_field(is_new),
            rx.cond(is_new, rx.fragment(), rx.el.p(link("auth.forgot", AuthState.reset_address), class_name="small")),
            class_name="stack-sm",
        ),
        rx.cond(is_new, zone_field(), rx.fragment()),
        submit(rx.cond(is_new, t("auth.signup"), t("nav.signin")), testid="auth-submit"),
        action=rx.cond(is_new, "/session/sign-up", "/session/sign-in"),
        key=AuthState.email,
    )


def _name_field() -> rx.Component:
    control = text_input(
        "name",
        described=True,
        auto_complete="name",
        max_length=LONGEST_NAME,
        default_value=AuthState.name,
        required=True,
        testid="auth-name",
    )
    return field("auth.name", control, for_="name", hint="auth.name_hint")


def _password_field(is_new: rx.Var[bool]) -> rx.Component:
    control = Secret.create(
        id="password",
        name="password",
        auto_complete=rx.cond(is_new, "new-password", "current-password"),
        min_length=rx.cond(is_new, SHORTEST_PASSWORD, 1),
        required=True,
        custom_attrs={**described_by("password", True, "auth-password"), "maxLength": 200},
    )
    hint = rx.cond(is_new, t("auth.hint", count=SHORTEST_PASSWORD), "")
    return field("auth.password", control, for_="password", hint=hint)
