"""The prompt above the limits: which of them nears its end, and the plan that has more of it."""

from __future__ import annotations

import reflex as rx

from billing_ui.components.action import link_button
from billing_ui.components.icons import icon
from billing_ui.components.quota import quota_name
from billing_ui.components.record import record
from billing_ui.components.text import t, when
from billing_ui.state.session import Session
from billing_ui.state.usage import UsageState


def near_the_end() -> rx.Component:
    """Nothing while there is room everywhere."""
    return rx.cond(UsageState.near["key"], _prompt(), rx.fragment())


def _prompt() -> rx.Component:
    near = record(UsageState.near)
    facts_ = {"meter": quota_name(near), "percent": t("usage.percent", percent=near["percent"])}
    resets = when(near["resets_at"], Session.zone)
    words = rx.cond(
        near["percent"].to(int) >= 100,
        rx.cond(near["resets_at"], t("warn.q100", when=resets, **facts_), t("warn.q100_for_good", **facts_)),
        rx.cond(near["resets_at"], t("warn.q80", when=resets, **facts_), t("warn.q80_for_good", **facts_)),
    )
    larger = link_button(
        t("plan.upgrade", plan=near["plan_name"]),
        "/subscription/plans/?plan=" + near["plan"].to(str),
        size="sm",
        testid="usage-upgrade",
    )
    return rx.el.div(
        icon("crown"),
        rx.el.p(words, class_name="notice-body"),
        rx.cond(near["plan"], larger, link_button("plan.see_all", "/subscription/plans/", kind="secondary", size="sm")),
        role="status",
        class_name="notice wraps",
        custom_attrs={"data-tone": near["tone"], "data-testid": "usage-near", "data-key": near["key"]},
    )
