"""The limits on the first page: how far each is used up, and when it begins anew."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.quota import quota_attrs, quota_bar, quota_name, quota_resets, quota_told
from billing_ui.components.surface import card, skeleton
from billing_ui.state.overview import OverviewState
from billing_ui.state.session import Session


def quotas() -> rx.Component:
    """Nothing where the plan neither gives nor limits anything. Until that is known, the room that it takes in the plan
    of most people."""
    return rx.cond(
        OverviewState.quotas.length() > 0,
        card(
            rx.el.ul(rx.foreach(OverviewState.quotas, _quota), class_name="quotas"),
            title="overview.quota",
            custom_attrs={"data-testid": "quotas"},
        ),
        rx.fragment(),
    )


def _quota(row: Any) -> rx.Component:
    return rx.cond(OverviewState.ready, _told(row), _bones(row))


def _bones(row: Any) -> rx.Component:
    """As high as what comes: a name, two figures, a bar, a time."""
    return rx.el.li(
        rx.el.div(skeleton("24px", "40%"), skeleton("24px", "60%")),
        skeleton("8px"),
        skeleton("18px", "70%"),
        key=row["key"].to(str),
        class_name="stack-sm",
    )


def _told(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(quota_name(row), class_name="quota-name block"), rx.el.span(quota_told(row), class_name="tnum")
        ),
        quota_bar(row),
        quota_resets(row, Session.zone),
        key=row["key"].to(str),
        class_name="stack-sm",
        custom_attrs=quota_attrs(row),
    )
