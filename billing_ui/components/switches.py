"""Language, theme and single keys: chosen in the browser, at once, and remembered there."""

import reflex as rx
from reflex.style import color_mode
from reflex_base.constants import ColorMode
from reflex_base.style import _color_mode_var

from billing_ui.components.browser import KeysButton, LangButton, ThemeButton
from billing_ui.components.text import Handler, t


def language_switch(*, on_pick: Handler = None, testid: bool = True) -> rx.Component:
    """ID and EN; `on_pick` may keep the choice with the user."""
    events = {} if on_pick is None else {"on_pick": on_pick}
    return rx.el.div(
        *[
            LangButton.create(
                rx.el.span(name.upper(), custom_attrs={"aria-hidden": "true"}),
                rx.el.span(t(f"lang.{name}"), class_name="sr-only"),
                to=name,
                custom_attrs={"data-testid": f"lang-{name}"} if testid else {},
                **events,
            )
            for name in ("id", "en")
        ],
        role="group",
        class_name="switch",
        custom_attrs={"aria-label": t("lang.label")},
    )


def theme_switch(*, testid: bool = True) -> rx.Component:
    """System, light and dark."""
    return rx.el.div(
        *[
            ThemeButton.create(
                t(f"theme.{mode}"),
                to=mode,
                current=color_mode,
                set_mode=_color_mode_var(ColorMode.SET),
                custom_attrs={"data-testid": f"theme-{mode}"} if testid else {},
            )
            for mode in ("system", "light", "dark")
        ],
        role="group",
        class_name="switch",
        custom_attrs={"aria-label": t("theme.label")},
    )


def keys_switch() -> rx.Component:
    """Whether a single key, without Ctrl or Alt, does anything."""
    return rx.el.div(
        *[
            KeysButton.create(t(f"keys.{choice}"), to=choice, custom_attrs={"data-testid": f"keys-{choice}"})
            for choice in ("on", "off")
        ],
        role="group",
        class_name="switch",
        custom_attrs={"aria-label": t("keys.label")},
    )
