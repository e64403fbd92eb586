"""Making a key, the one look at its secret, and revoking one."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import button, copy_button
from billing_ui.components.browser import Countdown
from billing_ui.components.choice import check_tile, tile_group
from billing_ui.components.code import code_block
from billing_ui.components.field import field, select
from billing_ui.components.record import record
from billing_ui.components.surface import card
from billing_ui.components.text import Words, t
from billing_ui.pages.admin.dialog import act_dialog, note_box, refused, short_box
from billing_ui.rules.scopes import SCOPES
from billing_ui.services.api_keys import LONGEST_NAME
from billing_ui.state.admin_act import DeskDialog
from billing_ui.state.admin_key_acts import AdminKeyEnd, AdminKeyNew
from billing_ui.state.admin_keys import AdminKeys

_DAYS = (("", "never"), ("30", "d30"), ("90", "d90"), ("365", "d365"))


def fresh_key() -> rx.Component:
    """Until somebody says that it is kept."""
    shown = record(AdminKeys.fresh)
    made = card(
        rx.el.p(t("adm.key_fresh_lead")),
        _to_copy("adm.key_secret", shown["secret"], "key-secret"),
        rx.cond(shown["call"], _to_copy("adm.key_try", shown["call"], "key-call"), rx.fragment()),
        rx.el.div(
            button("adm.key_kept", on_click=AdminKeys.keep, testid="key-kept"),
            rx.el.p(
                t("adm.key_left"),
                " ",
                Countdown.create(until=shown["until"].to(str), on_done=AdminKeys.reread, class_name="clock"),
                class_name="small muted",
            ),
            class_name="row",
        ),
        title=t("adm.key_fresh", name=shown["name"]),
        class_name="stack fresh",
        custom_attrs={"data-testid": "key-fresh"},
    )
    return rx.cond(shown["secret"], made, rx.fragment())


def _to_copy(label: str, text: rx.Var[str], testid: str) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(t(label), class_name="label"), copy_button(text, t("adm.copy_of", what=t(label))),
            class_name="between",
        ),
        code_block(text, label, testid=testid),
        class_name="stack-sm",
    )  # fmt: skip


def new_dialog() -> rx.Component:
    state = AdminKeyNew
    scopes = [
        check_tile(
            "scopes",
            scope,
            f"adm.scope_is.{scope.replace(':', '_')}",
            checked=state.picked.contains(scope),
            on_pick=state.pick(scope),
            note=f"adm.scope_note.{scope.replace(':', '_')}",
            testid=f"scope-{scope.replace(':', '-')}",
        )
        for scope in SCOPES
    ]
    days = select("key-days", [(days, f"adm.key_days_is.{name}") for days, name in _DAYS], value=state.days,
                  on_change=state.last)  # fmt: skip
    return act_dialog(
        "key-make",
        state,
        "adm.key_new",
        _refused("key-make", state),
        short_box(
            "key-name", "adm.key_name", on_told=lambda words: state.write("name", words), hint="adm.key_name_hint",
            longest=LONGEST_NAME,
        ),
        tile_group("adm.key_scopes", *scopes, wide=True),
        field("adm.key_days", days, for_="key-days"),
        note_box("key-note", state, "adm.reason"),
        act="adm.key_new",
        on_act=state.make,
    )  # fmt: skip


def end_dialog() -> rx.Component:
    state, case = AdminKeyEnd, record(AdminKeyEnd.case)
    return act_dialog(
        "key-end",
        state,
        t("adm.key_revoke_title", name=case["name"]),
        rx.el.p(t("adm.key_revoke_lead", shown=case["shown"])),
        _refused("key-end", state),
        note_box("key-end-note", state, "adm.reason"),
        short_box(
            "key-end-typed", t("adm.typed", word=case["hint"]), on_told=lambda words: state.write("typed", words),
            hint="adm.key_typed_hint",
        ),
        act="adm.key_revoke",
        on_act=state.revoke,
        kind="danger",
    )  # fmt: skip


def _refused(name: str, state: type[DeskDialog]) -> rx.Component:
    """What is wrong with which entry; of everything else the sentence that all pages say."""
    error = record(state.error)
    args = record(error["args"])
    words: Words = rx.cond(
        error["code"] == "field_invalid",
        t("adm.key_wrong." + args["field"].to(str)),
        t("error." + error["code"].to(str), error["args"]),
    )
    return refused(name, state, words)
