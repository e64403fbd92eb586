"""What every page of the desk stands in: its own menu, the way back up, and a closed door for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.browser import Visible
from billing_ui.components.frame import page_frame, page_head
from billing_ui.components.record import record
from billing_ui.components.shell import DESK_PLACES, PLACES, Place, app_shell, public_shell
from billing_ui.components.text import Words, said, t
from billing_ui.components.verdict import terminal_state
from billing_ui.pages.shell import live
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.session import Session
from billing_ui.state.settings import SettingsState


def desk_page(
    *children: Any,
    here: str,
    title: Words,
    ready: rx.Var[bool],
    on_visible: Any,
    lead: Words | None = None,
    action: rx.Component | None = None,
    above: Sequence[tuple[Words, str]] = (),
    is_code: rx.Var[bool] | bool = False,
    may: rx.Var[bool] | None = None,
    closed: Words = "adm.closed",
) -> rx.Component:
    """A page of the desk. `above` are the pages on the way down to it; `is_code` is a title that is a number. Where it
    is not for all operators, `may` says who sees it and `closed` what the others are told."""
    content = page_frame(
        _crumbs(above, title) if above else rx.fragment(),
        page_head(title, lead, action, is_code=is_code),
        *children,
        Visible.create(on_visible=on_visible),
        ready=live(AdminDesk.ready & ready),
    )
    shell = app_shell(
        content,
        here=here,
        brand=record(Session.brand)["name"],
        balance=None,
        who=record(Session.user)["email"],
        sandbox=Session.sandbox,
        on_language=SettingsState.pick_language,
        places=[replace(place, shown=AdminDesk.may_keys) if place.key == "keys" else place for place in DESK_PLACES],
    )
    outside = rx.cond(AdminDesk.ready & ~AdminDesk.allowed, _closed("adm.closed"), shell)
    if may is None:
        return outside
    return rx.cond(AdminDesk.ready & AdminDesk.allowed & ~may, _closed(closed, back=DESK_PLACES[0]), outside)


def _closed(words: Words, back: Place = PLACES[0]) -> rx.Component:
    """The same for every page, whatever it would have shown."""
    return public_shell(
        page_frame(
            rx.el.div(
                terminal_state(
                    "err.forbidden",
                    said(words),
                    tone="",
                    icon_name="desk",
                    level=1,
                    actions=(link_button(f"nav.{back.key}", back.href, kind="secondary"),),
                ),
                custom_attrs={"data-testid": "error", "data-code": "forbidden"},
            ),
            ready=live(AdminDesk.ready),
            width="medium",
        ),
        brand=record(Session.brand)["name"],
        sandbox=Session.sandbox,
        support=record(Session.brand)["support"],
        signed_in=Session.signed_in,
        quiet=True,
    )


def _crumbs(above: Sequence[tuple[Words, str]], here: Words) -> rx.Component:
    steps = [rx.el.li(rx.el.a(said(words), href=href, class_name="link")) for words, href in above]
    last = rx.el.li(rx.el.span(said(here), custom_attrs={"aria-current": "page"}))
    return rx.el.nav(rx.el.ol(*steps, last), class_name="crumbs", custom_attrs={"aria-label": t("adm.crumbs")})
