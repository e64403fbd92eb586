"""/settings/: who is signed in, how the pages speak and look, and on which devices."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button, link
from billing_ui.components.browser import Ago
from billing_ui.components.field import native_form
from billing_ui.components.icons import icon
from billing_ui.components.marks import badge
from billing_ui.components.notice import error_summary, notice
from billing_ui.components.record import record
from billing_ui.components.surface import card, facts, skeleton
from billing_ui.components.switches import keys_switch, language_switch, theme_switch
from billing_ui.components.text import t, when
from billing_ui.pages.shell import customer_page
from billing_ui.state.session import Session
from billing_ui.state.settings import SettingsState


def page() -> rx.Component:
    return customer_page(
        rx.el.div(
            error_summary(SettingsState.error["code"].to(str), SettingsState.error["args"]),
            rx.el.div(
                rx.cond(
                    SettingsState.told != "",
                    notice(t(SettingsState.told), tone="ok", icon_name="check"),
                    rx.fragment(),
                ),
                role="status",
                custom_attrs={"data-testid": "settings-told"},
                class_name="empty:hidden",
            ),
            rx.el.div(_profile(), _looks(), class_name="pair"),
            _devices(),
            class_name="stack",
        ),
        here="settings",
        title="set.title",
        ready=SettingsState.ready,
        on_visible=SettingsState.open,
    )


def _profile() -> rx.Component:
    standing = rx.cond(
        Session.is_verified,
        badge("set.verified", tone="ok", icon_name="check"),
        rx.el.span(
            badge("set.unverified", tone="warn", icon_name="clock"),
            link("warn.unverified_action", "/auth/verify/?redirect_url=/settings/"),
            class_name="row small justify-end",
        ),
    )
    return card(
        facts(
            [
                ("auth.name", Session.user["name"]),
                ("auth.email", Session.user["email"]),
            ]
        ),
        rx.el.div(
            rx.cond(SettingsState.ready, standing, skeleton("24px", "136px")), class_name="mt-2 mb-3 flex justify-end"
        ),
        rx.cond(SettingsState.mail_stopped != "", _no_mail(), rx.fragment()),
        facts([("auth.zone", Session.zone)]),
        rx.el.p(t("set.zone_fixed"), class_name="hint mt-1"),
        title="set.profile",
    )


def _no_mail() -> rx.Component:
    """What happened, that the money is safe, and the one thing to do about it."""
    return rx.el.div(
        notice(
            t(rx.Var.create("set.mail_stopped.") + SettingsState.mail_stopped, email=Session.user["email"]),
            tone="warn",
            icon_name="mail",
        ),
        button("set.mail_confirm", on_click=SettingsState.confirm_mail, kind="secondary", testid="mail-confirm"),
        rx.el.p(t("set.mail_confirm_hint"), class_name="hint"),
        rx.cond(
            Session.is_verified,
            rx.el.p(t("set.mail_wrong", support=record(Session.brand)["support"]), class_name="hint"),
            rx.fragment(),
        ),
        class_name="stack-sm mb-3",
        custom_attrs={"data-testid": "mail-stopped"},
    )


def _looks() -> rx.Component:
    """The switches of the shell once more, with what they mean. Only the shell's own carry the hooks for checks."""
    return card(
        _choice(
            "set.language", "set.language_hint", language_switch(on_pick=SettingsState.pick_language, testid=False)
        ),
        _choice("set.theme", "set.theme_hint", theme_switch(testid=False)),
        _choice("keys.label", "keys.hint", keys_switch()),
        title="set.looks",
        class_name="stack",
    )


def _choice(label: str, hint: str, control: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.p(t(label), class_name="label"), rx.el.p(t(hint), class_name="hint")),
        control,
        class_name="between wraps",
    )


def _devices() -> rx.Component:
    rows = rx.cond(
        SettingsState.ready,
        rx.el.ul(rx.foreach(SettingsState.devices, _device)),
        rx.el.div(skeleton("56px"), skeleton("56px"), class_name="stack-sm"),
    )
    return card(
        rx.el.p(t("set.devices_lead"), class_name="small muted"),
        rows,
        rx.el.div(
            rx.cond(
                SettingsState.has_others,
                button(
                    "set.devices_out_all",
                    on_click=SettingsState.end_others,
                    kind="secondary",
                    testid="devices-out-others",
                ),
                rx.fragment(),
            ),
            native_form(
                rx.el.button(
                    t("auth.signout_everywhere"),
                    type="submit",
                    class_name="btn btn-danger",
                    custom_attrs={"data-testid": "signout-everywhere"},
                ),
                action="/session/sign-out-everywhere",
            ),
            class_name="row mt-4",
        ),
        title="set.devices",
    )


def _device(device: Any) -> rx.Component:
    name = rx.cond(device["name"] != "", device["name"].to(str), t("set.device_unknown"))
    seen = rx.cond(
        device["here"],
        badge("set.device_this", tone="ok", icon_name="check"),
        button(
            "set.device_out",
            on_click=SettingsState.end_device(device["id"].to(str)),
            kind="secondary",
            size="sm",
            testid="device-out",
            aria_label=t("set.device_out_of", device=name),
        ),
    )
    return rx.el.li(
        rx.el.div(
            icon("device"),
            rx.el.div(
                rx.el.p(name, font_weight="600"),
                rx.el.p(
                    t("set.device_since", when=when(device["since"], Session.zone)),
                    " · ",
                    Ago.create(at=device["seen_at"].to(str), zone=Session.zone),
                    class_name="fine",
                ),
            ),
            class_name="flex items-center gap-3 min-w-0",
        ),
        seen,
        class_name="between min-h-16 py-2 border-b border-(--line) last:border-b-0",
        key=device["id"].to(str),
        custom_attrs={"data-testid": "device", "data-here": rx.cond(device["here"], "true", "false")},
    )
