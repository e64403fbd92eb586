"""Badges: a state is always an icon and a word, never a colour alone."""

from typing import Any, Final

import reflex as rx

from billing_ui.components.icons import icon
from billing_ui.components.text import Words, said, t

# Status -> tone and icon, for payments and history rows alike.
STATUS_LOOKS: Final = {
    "paid": ("ok", "check"),
    "posted": ("", "check"),
    "created": ("info", "clock"),
    "pending": ("warn", "clock"),
    "processing": ("info", "clock"),
    "unknown": ("warn", "clock"),
    "review": ("warn", "search"),
    "failed": ("bad", "cross"),
    "expired": ("", "clock"),
    "canceled": ("", "cross"),
    "refunded": ("info", "return"),
    "partly_refunded": ("info", "return"),
    "disputed": ("warn", "alert"),
    "void": ("", "cross"),
}


def badge(words: Words, *, tone: Any = "", icon_name: str = "") -> rx.Component:
    """A word in a quiet pill."""
    return rx.el.span(
        icon(icon_name) if icon_name else rx.fragment(),
        said(words),
        class_name="badge",
        custom_attrs={"data-tone": tone},
    )


def status_badge(status: rx.Var[str]) -> rx.Component:
    """The state of a payment or of a history row."""
    return rx.match(
        status,
        *[(name, badge(f"st.{name}", tone=tone, icon_name=shape)) for name, (tone, shape) in STATUS_LOOKS.items()],
        badge(t("st." + status), icon_name="dot"),
    )
