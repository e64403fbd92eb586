"""The plan on the first page, with what came in and what went out, in all and this month."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link
from billing_ui.components.record import record
from billing_ui.components.surface import card, fact_where, facts, skeleton
from billing_ui.components.text import num, pair, t
from billing_ui.state.overview import OverviewState
from billing_ui.state.session import Session


def plan() -> rx.Component:
    use = record(OverviewState.use)
    month = rx.cond(use["is_paid"], t("unit.tokens", tokens=num(use["month"])), num(use["month"]))
    return card(
        rx.cond(
            record(Session.plan)["name"],
            rx.el.p(pair(record(Session.plan)["name"]), class_name="plan-name"),
            skeleton("30px", "50%"),
        ),
        facts(
            [
                ("overview.bought", t("unit.tokens", tokens=num(record(OverviewState.totals)["bought"]))),
                ("overview.granted", t("unit.tokens", tokens=num(record(OverviewState.totals)["granted"]))),
                ("overview.used", t("unit.tokens", tokens=num(record(OverviewState.totals)["used"]))),
                fact_where(use["month"].bool(), "overview.used_month", month),
            ]
        ),
        rx.cond(
            use["is_paid"] & use["month"].bool(), rx.el.p(_parts(use), class_name="fine text-right"), rx.fragment()
        ),
        title="overview.plan",
        action=link("plan.see_all", "/subscription/plans/"),
    )


def _parts(use: Any) -> rx.Var[str]:
    """Who paid for the month: only a part of it left the balance, which the sums above are about."""
    return t(
        rx.cond(use["month_more"].to(int) > 0, "overview.month_parts_over", "overview.month_parts"),
        charged=num(use["month_charged"]),
        free=num(use["month_free"]),
    )
