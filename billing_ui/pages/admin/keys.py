"""/admin/keys/: the keys with which host apps come in, made and revoked, each secret shown once."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import button, link
from billing_ui.components.disclosure import fold, steps
from billing_ui.components.marks import badge
from billing_ui.components.notice import notice
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.table import skeleton_rows, table
from billing_ui.components.text import language, t, when
from billing_ui.components.verdict import empty_state
from billing_ui.pages.admin.frame import desk_page
from billing_ui.pages.admin.key_dialogs import end_dialog, fresh_key, new_dialog
from billing_ui.state.admin_desk import AdminDesk
from billing_ui.state.admin_key_acts import AdminKeyEnd, AdminKeyNew
from billing_ui.state.admin_keys import AdminKeys
from billing_ui.state.session import Session

_HEADS = (("adm.key", ""), ("adm.key_scopes", ""), ("adm.key_made", ""), ("adm.key_state", ""), ("adm.acts", "num"))
_CELLS = ("lead", "about", "quiet", "mark", "num")
_STATES = {"active": ("ok", "check"), "expired": ("", "clock"), "revoked": ("", "cross")}


def page() -> rx.Component:
    return desk_page(
        rx.el.div(
            _told(),
            fresh_key(),
            rx.cond(AdminKeys.full, notice(t("adm.keys_full"), icon_name="key"), rx.fragment()),
            card(_list(), class_name="card-flush"),
            card(
                fold("adm.key_change", steps([f"adm.key_change_{number}" for number in range(1, 5)])),
                class_name="fold-card",
            ),
            new_dialog(),
            end_dialog(),
            class_name="stack",
        ),
        here="keys",
        title="adm.keys",
        lead="adm.keys_lead",
        action=rx.el.div(
            link("adm.key_guide", "/api/docs/quick-start?lang=" + language(), target="_blank"),
            button(
                "adm.key_new",
                on_click=AdminKeyNew.ask,
                icon_name="topup",
                # A secret that nobody has kept yet must not be swept away by the next one.
                disabled=AdminKeys.full | ~AdminKeys.ready | record(AdminKeys.fresh)["secret"].bool(),
                testid="key-new",
            ),
            class_name="row",
        ),
        ready=AdminKeys.ready,
        on_visible=AdminKeys.reread,
        above=(("nav.desk", "/admin/"),),
        may=AdminDesk.may_keys,
        closed="adm.keys_closed",
    )


def _told() -> rx.Component:
    told = record(AdminKeys.told)
    return rx.el.div(
        rx.cond(told["key"], notice(t(told["key"], told["args"]), tone="ok", icon_name="check"), rx.fragment()),
        role="status",
        class_name="told empty:hidden",
        custom_attrs={"data-testid": "keys-told"},
    )


def _list() -> rx.Component:
    nothing = empty_state("adm.keys_none", icon_name="key")
    rows = rx.cond(AdminKeys.ready, rx.foreach(AdminKeys.rows, _row), skeleton_rows(2, _CELLS))
    return rx.cond(AdminKeys.ready & (AdminKeys.rows.length() == 0), nothing, table("adm.keys", _HEADS, rows))


def _row(row: Any) -> rx.Component:
    maker = rx.cond(row["made_by"], row["made_by"].to(str), row["maker"].to(str))
    return rx.el.tr(
        rx.el.td(rx.el.p(row["name"]), rx.el.p(row["shown"], class_name="fine mono"), class_name="lead"),
        rx.el.td(
            rx.el.div(
                rx.foreach(row["scopes"].to(list[str]), lambda scope: badge(t("adm.scope_is." + scope.to(str)))),
                class_name="badges",
            ),
            class_name="about",
        ),
        rx.el.td(
            rx.el.p(when(row["made_at"], Session.zone), class_name="tnum"), rx.el.p(maker, class_name="fine wrap-any"),
            class_name="quiet",
        ),
        rx.el.td(_state(row), class_name="mark"),
        rx.el.td(_act(row), class_name="num"),
        key=row["id"].to(str),
        custom_attrs={"data-testid": "key-row", "data-id": row["id"], "data-state": row["state"]},
    )  # fmt: skip


def _state(row: Any) -> rx.Component:
    looks = [(name, badge(f"adm.key_state_is.{name}", tone=tone, icon_name=at)) for name, (tone, at) in _STATES.items()]
    since = rx.match(
        row["state"],
        ("revoked", t("adm.key_ran_out", when=when(row["revoked_at"], Session.zone))),
        ("expired", t("adm.key_ran_out", when=when(row["expires_at"], Session.zone))),
        rx.cond(
            row["expires_at"],
            t("adm.key_until", when=when(row["expires_at"], Session.zone)),
            t("adm.key_days_is.never"),
        ),
    )
    return rx.el.div(rx.match(row["state"], *looks, rx.fragment()), rx.el.p(since, class_name="fine tnum"))


def _act(row: Any) -> rx.Component:
    return rx.cond(
        row["state"] == "revoked",
        rx.fragment(),
        button(
            "adm.key_revoke",
            on_click=AdminKeyEnd.ask(row["id"].to(str)),
            kind="danger",
            size="sm",
            testid="key-revoke",
            custom_attrs={"aria-label": t("adm.key_revoke_of", name=row["name"])},
        ),
    )
