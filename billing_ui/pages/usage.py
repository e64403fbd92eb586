"""/usage/: what the plan gives, how far each limit is used up, what nears its end, and the month by operation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from billing_ui.components.action import link
from billing_ui.components.marks import badge
from billing_ui.components.operations import operations
from billing_ui.components.quota import quota_attrs, quota_bar, quota_name, quota_resets, quota_told
from billing_ui.components.record import record
from billing_ui.components.surface import card, fact_where, facts, skeleton
from billing_ui.components.text import day, num, pair, t, when
from billing_ui.pages.shell import customer_page
from billing_ui.pages.usage_near import near_the_end
from billing_ui.state.session import Session
from billing_ui.state.usage import UsageState

_STATUS_LOOKS = {
    "trialing": ("info", "clock"), "active": ("ok", "check"), "past_due": ("warn", "alert"), "unpaid": ("bad", "alert"),
    "canceled": ("", "cross"), "paused": ("warn", "clock"),
}  # fmt: skip
_ACCESS_LOOKS = {"open": ("ok", "check"), "limited": ("warn", "alert"), "locked": ("bad", "cross")}


def page() -> rx.Component:
    return customer_page(
        rx.el.div(
            near_the_end(),
            rx.el.div(_plan(), _month(), class_name="pair"),
            _limits(),
            _features(),
            class_name="stack",
        ),
        here="usage",
        title="usage.title",
        lead="usage.lead",
        ready=UsageState.ready,
        on_visible=UsageState.open,
    )


def _plan() -> rx.Component:
    plan = record(UsageState.plan)
    period = t("usage.span", first=day(plan["starts_at"], Session.zone), last=when(plan["ends_at"], Session.zone))
    told = rx.fragment(
        rx.el.p(pair(plan["name"]), class_name="plan-name", custom_attrs={"data-testid": "usage-plan"}),
        facts(
            [
                ("usage.status", _badge(plan["status"].to(str), "usage.status_is.", _STATUS_LOOKS)),
                ("usage.access", _badge(plan["access"].to(str), "usage.access_is.", _ACCESS_LOOKS)),
                ("usage.since", day(plan["since"], Session.zone)),
                ("usage.period", period),
                fact_where(record(UsageState.use)["is_paid"], "balance.title", _balance()),
            ]
        ),
    )
    return card(
        rx.cond(UsageState.ready, told, skeleton("204px")), title="overview.plan",
        action=link("plan.see_all", "/subscription/plans/"),
    )  # fmt: skip


def _balance() -> rx.Var[str]:
    return t("unit.tokens", tokens=num(Session.balance))


def _badge(value: rx.Var[str], words: str, looks: dict[str, tuple[str, str]]) -> rx.Component:
    return rx.match(
        value,
        *[(name, badge(words + name, tone=tone, icon_name=shape)) for name, (tone, shape) in looks.items()],
        rx.fragment(),
    )


def _limits() -> rx.Component:
    return card(rx.el.ul(rx.foreach(UsageState.limits, _limit), class_name="meters"), title="usage.meters")


def _limit(row: Any) -> rx.Component:
    return rx.cond(UsageState.ready, _told(row), _bones(row))


def _told(row: Any) -> rx.Component:
    percent = rx.cond(row["unlimited"], "", t("usage.percent", percent=row["percent"]))
    return rx.el.li(
        rx.el.p(
            rx.el.span(quota_name(row), class_name="quota-name"), rx.el.span(percent, class_name="tnum"),
            class_name="between",
        ),
        quota_bar(row),
        rx.el.div(
            rx.el.p(quota_told(row), class_name="small tnum"), quota_resets(row, Session.zone),
            class_name="between wraps",
        ),
        key=row["key"].to(str),
        class_name="stack-sm",
        custom_attrs=quota_attrs(row),
    )  # fmt: skip


def _bones(row: Any) -> rx.Component:
    """As high as what comes: a name, a bar, a line of figures."""
    return rx.el.li(
        skeleton("24px", "40%"), skeleton("8px"), skeleton("21px", "60%"), key=row["key"].to(str), class_name="stack-sm"
    )


def _month() -> rx.Component:
    rows = record(UsageState.use)["operations"].to(list[dict[str, Any]])
    return card(
        rx.cond(UsageState.ready, operations(rows, counts=True), skeleton("160px")),
        title="overview.by_operation",
        action=link("usage.explore", "/usage/explore/?range=month&by=operation"),
    )


def _features() -> rx.Component:
    """Nothing where plans differ in limits only."""
    return rx.cond(
        UsageState.features.length() > 0,
        card(rx.el.ul(rx.foreach(UsageState.features, _feature), class_name="stack"), title="usage.features"),
        rx.fragment(),
    )


def _feature(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.span(pair(row["name"])),
        rx.cond(row["has"], badge("usage.on", tone="ok", icon_name="check"), badge("usage.off", icon_name="cross")),
        key=row["key"].to(str),
        class_name="between",
        custom_attrs={"data-testid": "feature", "data-key": row["key"], "data-has": row["has"]},
    )
