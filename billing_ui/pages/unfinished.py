"""The purchase that still waits for its money, offered before a new one: go on with it, or call it off."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import button, link_button
from billing_ui.components.browser import Countdown
from billing_ui.components.disclosure import modal
from billing_ui.components.notice import error_summary
from billing_ui.components.record import record
from billing_ui.components.text import money, t, when
from billing_ui.state.session import Session
from billing_ui.state.topup import TopupState
from billing_ui.state.unfinished import UnfinishedState


def unfinished() -> rx.Component:
    waiting = record(TopupState.unfinished)
    return rx.cond(waiting["ref"], _card(), rx.fragment())


def _card() -> rx.Component:
    waiting = record(TopupState.unfinished)
    error = record(UnfinishedState.error)
    return rx.el.section(
        rx.el.div(
            rx.el.h2(t("topup.resume"), font_size="16px"),
            Countdown.create(until=waiting["expires_at"].to(str), class_name="clock small"),
            class_name="between",
        ),
        rx.el.p(
            t(
                "topup.resume_body",
                money=money(waiting["total"], waiting["currency"]),
                method=t("method." + waiting["method"].to(str)),
                when=when(waiting["expires_at"], Session.zone),
            ),
            class_name="small muted",
        ),
        rx.cond(error["code"] != "", error_summary(error["code"].to(str), error["args"]), rx.fragment()),
        rx.el.div(
            link_button(
                "topup.resume_button", "/pay/" + waiting["ref"].to(str) + "/", size="sm", testid="unfinished-continue"
            ),
            button(
                "topup.resume_cancel",
                on_click=UnfinishedState.ask,
                kind="ghost",
                size="sm",
                busy=UnfinishedState.busy,
                testid="unfinished-cancel",
            ),
            class_name="row",
        ),
        _question(),
        class_name="card stack-sm",
        custom_attrs={"data-testid": "unfinished"},
    )


def _question() -> rx.Component:
    return modal(
        "pay.cancel_title",
        t("pay.cancel_q"),
        opened=UnfinishedState.is_asking,
        on_close=UnfinishedState.keep,
        actions=(
            button("pay.cancel_keep", on_click=UnfinishedState.keep, kind="secondary"),
            button("pay.cancel", on_click=UnfinishedState.cancel, kind="danger", testid="unfinished-cancel-yes"),
        ),
        id_="unfinished",
    )
