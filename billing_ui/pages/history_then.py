"""What the balance was at another moment, on the account's clock."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.record import record
from billing_ui.components.text import num, t, when
from billing_ui.state.history import HistoryState
from billing_ui.state.session import Session


def look_back() -> rx.Component:
    then = record(HistoryState.then)
    return rx.el.div(
        rx.el.div(
            rx.el.label(t("then.moment", zone=Session.zone), html_for="then-moment", class_name="label"),
            rx.el.input(
                type="datetime-local",
                id="then-moment",
                on_change=HistoryState.look_back,
                min="2020-01-01T00:00",
                max="2099-12-31T23:59",
                class_name="input",
                custom_attrs={"aria-describedby": "then-hint", "data-testid": "then-moment"},
            ),
            rx.el.p(t("then.hint"), id="then-hint", class_name="hint"),
            class_name="field",
        ),
        rx.el.div(
            rx.cond(
                then["at"],
                rx.el.div(
                    rx.el.p(t("then.was", when=when(then["at"], Session.zone)), class_name="stat-label"),
                    rx.el.p(
                        num(then["tokens"]),
                        rx.el.span(t("unit.token_word"), class_name="stat-unit"),
                        class_name="figure",
                        custom_attrs={"data-testid": "then-balance", "data-value": then["tokens"]},
                    ),
                ),
                rx.fragment(),
            ),
            role="status",
        ),
        class_name="then",
    )
