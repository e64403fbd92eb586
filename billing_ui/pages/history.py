"""All transactions of the account, newest first, a page at a time."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import button, link_button
from billing_ui.components.entries import entries
from billing_ui.components.surface import card
from billing_ui.components.text import t
from billing_ui.components.verdict import empty_state
from billing_ui.pages.shell import customer_page
from billing_ui.state.history import HistoryState
from billing_ui.state.session import Session


def page() -> rx.Component:
    is_empty = HistoryState.ready & (HistoryState.rows.length() == 0)
    return customer_page(
        card(
            rx.cond(
                is_empty,
                empty_state(
                    "hist.empty", action=link_button("overview.topup", "/subscription/topup/", kind="secondary")
                ),
                entries(HistoryState.rows, Session.zone, HistoryState.ready, 8),
            ),
            _pager(),
            class_name="card-flush",
        ),
        here="history",
        title="hist.title",
        lead="hist.lead",
        ready=HistoryState.ready,
        on_visible=HistoryState.reread,
    )


def _pager() -> rx.Component:
    """Pages follow each other by key, so there is no count: newer and older is all one needs to know."""
    return rx.cond(
        HistoryState.has_newer | HistoryState.has_older,
        rx.el.nav(
            button(
                "hist.newer",
                on_click=HistoryState.newer,
                kind="secondary",
                size="sm",
                icon_name="back",
                disabled=~HistoryState.has_newer,
                testid="history-newer",
            ),
            button(
                "hist.older",
                on_click=HistoryState.older,
                kind="secondary",
                size="sm",
                icon_name="next",
                disabled=~HistoryState.has_older,
                testid="history-older",
            ),
            class_name="pager",
            custom_attrs={"aria-label": t("list.pages")},
        ),
        rx.fragment(),
    )
