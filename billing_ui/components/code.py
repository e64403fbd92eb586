"""Text as machines wrote it: in its own letters, scrolled within its own frame."""

from typing import Any

import reflex as rx

from billing_ui.components.text import Words, said


def code_block(text: Any, label: Words, *, testid: str = "") -> rx.Component:
    """A block that keyboards can reach and scroll; `label` names it for screen readers."""
    return rx.el.pre(
        rx.el.code(text),
        class_name="code",
        tab_index=0,
        role="region",
        custom_attrs={"aria-label": said(label), **({"data-testid": testid} if testid else {})},
    )
