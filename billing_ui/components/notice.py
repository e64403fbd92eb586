"""What the page tells without being asked: banners, error summaries, toasts, the sandbox ribbon, the connection."""

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from billing_ui.components.browser import Alert, Connection, Problem, Toast
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said, t


def notice(
    words: Any, *, tone: Any = "info", icon_name: str = "info", action: rx.Component | None = None
) -> rx.Component:
    """A tinted line that belongs to the content."""
    return rx.el.div(
        icon(icon_name),
        rx.el.div(words, class_name="notice-body"),
        rx.fragment() if action is None else action,
        class_name="notice",
        custom_attrs={"data-tone": tone},
    )


def banner(
    words: Any, *, kind: Any, tone: Any = "warn", action: rx.Component | None = None, on_dismiss: Handler = None
) -> rx.Component:
    """The one banner of the page, with one action."""
    dismiss = rx.fragment()
    if on_dismiss is not None:
        dismiss = rx.el.button(
            icon("cross"), type="button", on_click=on_dismiss, custom_attrs={"aria-label": t("app.dismiss")}
        )
    return rx.el.div(
        icon("alert"),
        rx.el.div(rx.el.span(words), " ", rx.fragment() if action is None else action, class_name="notice-body"),
        dismiss,
        role="status",
        class_name="notice",
        custom_attrs={"data-testid": "banner", "data-kind": kind, "data-tone": tone},
    )


def error_summary(
    code: rx.Var[str],
    args: Any = None,
    *,
    testid: str = "error",
    title: Words | None = None,
    words: Words | None = None,
) -> rx.Component:
    """A refusal in the reader's words: what happened, what it means for the money, what to do. Nothing for no code.
    `words` stand for the sentence of the code where the page can say it better."""
    key = rx.Var.create("error.") + code
    return rx.cond(
        code != "",
        Alert.create(
            icon("alert"),
            rx.el.div(
                rx.fragment() if title is None else rx.el.p(said(title), font_weight="650"),
                said(words) if words is not None else t(key) if args is None else t(key, args),
                class_name="notice-body",
            ),
            class_name="notice",
            custom_attrs={"data-testid": testid, "data-code": code, "data-tone": "bad"},
        ),
        rx.fragment(),
    )


def toast(key: rx.Var[str], args: Any, seq: rx.Var[int]) -> rx.Component:
    """A short confirmation; the server sends the key, the arguments and a number that grows."""
    return Toast.create(t(key, args), seq=seq)


def sandbox_ribbon(shown: rx.Var[bool] | bool) -> rx.Component:
    """Says that no real money moves."""
    ribbon = rx.el.aside(
        t("app.sandbox"),
        class_name="ribbon",
        custom_attrs={"aria-label": t("a11y.sandbox"), "data-testid": "sandbox-ribbon"},
    )
    return rx.cond(shown, ribbon, rx.fragment())


def connection() -> rx.Component:
    """Replaces the framework's technical messages about its connection and about broken handlers."""
    return rx.fragment(Connection.create(lost=has_connection_errors), Problem.create())
