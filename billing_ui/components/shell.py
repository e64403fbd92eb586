"""The two shells: rail, top bar and tab bar for signed-in people, a plain header and footer for everyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.browser import Skip, Slot
from billing_ui.components.field import native_form
from billing_ui.components.icons import icon
from billing_ui.components.notice import sandbox_ribbon
from billing_ui.components.switches import language_switch, theme_switch
from billing_ui.components.text import Handler, num, said, t


@dataclass(frozen=True)
class Balance:
    """What the shell shows of an account's money; all Vars."""

    tokens: Any
    spoken: Any
    short: Any


@dataclass(frozen=True)
class Place:
    """One entry of the menu."""

    key: str
    href: str
    icon_name: str
    # Where only some are shown the way.
    shown: Any = True


DESK_PLACES = (
    Place("desk", "/admin/", "desk"),
    Place("payments", "/admin/payments/", "receipt"),
    Place("keys", "/admin/keys/", "key"),
    Place("mine", "/subscription/overview/", "wallet"),
)
PLACES = (
    Place("overview", "/subscription/overview/", "overview"),
    Place("plans", "/subscription/plans/", "plans"),
    Place("topup", "/subscription/topup/", "topup"),
    Place("usage", "/usage/", "usage"),
    Place("history", "/subscription/history/", "history"),
    Place("settings", "/settings/", "settings"),
)
# As many as a phone has room for; plans are a step away from the overview.
_ON_PHONES = ("overview", "topup", "usage", "history", "settings", *(place.key for place in DESK_PLACES))


def app_shell(
    content: rx.Component,
    *,
    here: str,
    brand: Any,
    balance: Balance | None,
    who: Any,
    sandbox: rx.Var[bool],
    banner: rx.Component | None = None,
    settled: rx.Var[bool] | bool = True,
    on_language: Handler = None,
    places: Sequence[Place] = PLACES,
    desk: rx.Var[bool] | bool = False,
) -> rx.Component:
    """The signed-in product. `here` is the key of the current place; `desk` shows operators the way to their desk."""
    return rx.el.div(
        skip_link(),
        sandbox_ribbon(sandbox),
        rx.el.div(
            _rail(here, brand, balance, who, on_language, places, desk),
            rx.el.div(
                _topbar(brand, balance),
                rx.fragment() if banner is None else Slot.create(banner, settled=settled, class_name="banner-slot"),
                content,
            ),
            class_name="shell",
        ),
        _tabbar(here, places),
    )


def public_shell(
    content: rx.Component,
    *,
    brand: Any,
    sandbox: rx.Var[bool],
    support: Any = "",
    signed_in: rx.Var[bool] | bool = False,
    on_language: Handler = None,
    quiet: bool = False,
) -> rx.Component:
    """Pricing, sign-in and payment links. `quiet` leaves out the way to sign in."""
    way_in = rx.cond(
        signed_in,
        link_button("nav.overview", "/subscription/overview/", kind="secondary", size="sm"),
        link_button("nav.signin", "/auth/", kind="secondary", size="sm"),
    )
    return rx.el.div(
        skip_link(),
        sandbox_ribbon(sandbox),
        rx.el.header(
            brand_link(brand, "/"),
            rx.el.div(
                language_switch(on_pick=on_language),
                rx.fragment() if quiet else way_in,
                class_name="flex shrink-0 items-center gap-2",
            ),
            class_name="topbar wide-bar",
        ),
        content,
        rx.el.footer(
            rx.el.div(
                rx.el.span(brand),
                rx.cond(support != "", rx.el.span(t("app.support_at", contact=support)), rx.fragment()),
                theme_switch(),
            ),
            class_name="foot mt-auto",
        ),
        class_name="flex min-h-dvh flex-col",
    )


def skip_link() -> rx.Component:
    """The first thing the keyboard meets."""
    return Skip.create(t("a11y.skip"), class_name="skip")


def brand_link(brand: Any, href: str) -> rx.Component:
    """The brand's mark and name."""
    return rx.el.a(
        rx.el.img(src="/logo.svg", alt="", width="28", height="28"), rx.el.span(brand), href=href, class_name="brand"
    )


def balance_chip(balance: Balance) -> rx.Component:
    """The live balance, the same wherever it stands."""
    return rx.el.a(
        icon("wallet"),
        rx.el.span(balance.short),
        href="/subscription/topup/",
        class_name="balance-chip",
        custom_attrs={"aria-label": balance.spoken, "data-testid": "balance", "data-value": balance.tokens},
    )


def tokens_short(tokens: Any) -> rx.Var[str]:
    """`250.000 token` for the chip."""
    return t("unit.tokens", tokens=num(tokens))


def _rail(
    here: str,
    brand: Any,
    balance: Balance | None,
    who: Any,
    on_language: Handler,
    places: Sequence[Place],
    desk: rx.Var[bool] | bool,
) -> rx.Component:
    return rx.el.aside(
        rx.el.div(
            brand_link(brand, "/subscription/overview/"),
            rx.el.nav(
                *[_nav_link(place, here) for place in places],
                class_name="stack-sm",
                gap="2px",
                custom_attrs={"aria-label": t("nav.main")},
            ),
            rx.el.div(
                rx.cond(desk, _nav_link(DESK_PLACES[0], here), rx.fragment()),
                rx.fragment() if balance is None else balance_chip(balance),
                language_switch(on_pick=on_language),
                theme_switch(),
                rx.el.div(rx.el.span(who), sign_out_form(), class_name="who"),
                class_name="rail-foot",
            ),
            class_name="rail-inner",
        ),
        class_name="rail",
        custom_attrs={"aria-label": t("nav.account")},
    )


def sign_out_form(testid: str = "signout") -> rx.Component:
    """A real post, so that the cookie goes."""
    return native_form(
        rx.el.button(
            icon("out"),
            t("nav.signout"),
            type="submit",
            class_name="btn btn-secondary btn-sm",
            custom_attrs={"data-testid": testid},
        ),
        action="/session/sign-out",
    )


def _topbar(brand: Any, balance: Balance | None) -> rx.Component:
    chip = rx.fragment() if balance is None else balance_chip(balance)
    return rx.el.header(brand_link(brand, "/subscription/overview/"), chip, class_name="topbar")


def _nav_link(place: Place, here: str) -> rx.Component:
    return _way(place, here, class_name="nav-link")


def _way(place: Place, here: str, **looks: str) -> rx.Component:
    way = rx.el.a(
        icon(place.icon_name),
        said(f"nav.{place.key}"),
        href=place.href,
        custom_attrs={"aria-current": "page"} if place.key == here else {},
        **looks,
    )
    return way if place.shown is True else rx.cond(place.shown, way, rx.fragment())


def _tabbar(here: str, places: Sequence[Place]) -> rx.Component:
    return rx.el.nav(
        *[_way(place, here) for place in places if place.key in _ON_PHONES],
        class_name="tabbar",
        custom_attrs={"aria-label": t("nav.main")},
    )
