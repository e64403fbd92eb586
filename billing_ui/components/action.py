"""Buttons and links: one look for what acts, one for what leads elsewhere."""

from typing import Any, Literal

import reflex as rx

from billing_ui.components.browser import CopyButton
from billing_ui.components.icons import icon
from billing_ui.components.text import Handler, Words, said

Kind = Literal["primary", "secondary", "ghost", "danger"]


def button(
    words: Words,
    *,
    on_click: Handler = None,
    kind: Kind = "primary",
    icon_name: str = "",
    busy: rx.Var[bool] | bool = False,
    disabled: rx.Var[bool] | bool = False,
    type_: str = "button",
    size: Literal["", "sm", "lg"] = "",
    wide: bool = False,
    testid: str | rx.Var[str] = "",
    **props: Any,
) -> rx.Component:
    """A button whose label stays while it is busy; a spinner joins it."""
    events = {} if on_click is None else {"on_click": on_click}
    return rx.el.button(
        _spinner(busy),
        icon(icon_name) if icon_name else rx.fragment(),
        said(words),
        type=type_,
        disabled=disabled,
        class_name=_classes(kind, size, wide),
        custom_attrs=_attrs(testid, props, **{"aria-busy": busy}),
        **events,
        **props,
    )


def submit(words: Words, *, testid: str = "", wide: bool = True, size: Literal["", "sm", "lg"] = "lg") -> rx.Component:
    """The one button of a native form."""
    return button(words, type_="submit", wide=wide, size=size, testid=testid)


def link_button(
    words: Words,
    href: Any,
    *,
    kind: Kind = "primary",
    icon_name: str = "",
    size: Literal["", "sm", "lg"] = "",
    wide: bool = False,
    testid: str | rx.Var[str] = "",
    **props: Any,
) -> rx.Component:
    """A link that looks like a button, for steps that are pages. What is to be downloaded is fetched by the browser:
    the router would look for a page there."""
    if "download" in props:
        props["custom_attrs"] = {"reloadDocument": True, **props.get("custom_attrs", {})}
    return rx.el.a(
        icon(icon_name) if icon_name else rx.fragment(),
        said(words),
        href=href,
        class_name=_classes(kind, size, wide),
        custom_attrs=_attrs(testid, props),
        **props,
    )


def link(words: Words, href: Any, **props: Any) -> rx.Component:
    """A link in running text."""
    return rx.el.a(said(words), href=href, class_name="link", **props)


def copy_button(text: Any, label: Words, *, testid: str = "") -> rx.Component:
    """Copies `text` exactly; `label` names what is copied for screen readers."""
    return CopyButton.create(
        text=text, label=said(label), class_name="btn btn-secondary btn-sm", custom_attrs=_attrs(testid, {})
    )


def _spinner(busy: rx.Var[bool] | bool) -> rx.Component:
    if busy is False:
        return rx.fragment()
    return rx.cond(busy, rx.el.span(class_name="spinner", custom_attrs={"aria-hidden": "true"}), rx.fragment())


def _classes(kind: Kind, size: str, wide: bool) -> str:
    return " ".join(["btn", f"btn-{kind}", *([f"btn-{size}"] if size else []), *(["btn-wide"] if wide else [])])


def _attrs(testid: str | rx.Var[str], props: dict[str, Any], **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {**props.pop("custom_attrs", {}), **{k: v for k, v in more.items() if v is not False}}
    if not (isinstance(testid, str) and testid == ""):
        given["data-testid"] = testid
    return given
