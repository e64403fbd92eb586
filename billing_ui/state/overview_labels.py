"""Limits and use as the plain dicts that the first page holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from billing_ui import runtime
from billing_ui.components.charts.geometry import stacked
from billing_ui.kit.period import start_of_day
from billing_ui.queries.limits import CurrentLimits
from billing_ui.queries.overview_use import UseView
from billing_ui.rules.quotas import LimitState
from billing_ui.state.labels import instant
from billing_ui.state.usage_labels import meter_name, operation_name


def main_meter() -> str:
    """The meter that a customer thinks in: the one that is paid for, else the first that counts."""
    catalogue = runtime.env().catalogue
    counted = (slug for slug, meter in catalogue.meters.items() if not meter.is_feature)
    return catalogue.paid_meter or next(counted, "")


def room_of_quotas() -> list[dict[str, Any]]:
    """As many rows as the plan has that everybody begins with; nothing is told about anybody."""
    catalogue = runtime.env().catalogue
    plan = catalogue.plans.get(catalogue.default_plan)
    count = len(plan.limits) + bool(plan.included_tokens and catalogue.paid_meter) if plan is not None else 0
    return [{"key": str(number), "name": {}, "window": ""} for number in range(count)]


def quotas(limits: CurrentLimits, warning_percent: int) -> list[dict[str, Any]]:
    """What the plan gives and every limit of it, each with how far it is used up."""
    rows = [_limit(one, warning_percent) for state in limits.meters.values() for one in state.limits]
    return [*_included(limits, warning_percent), *rows]


def _included(limits: CurrentLimits, warning_percent: int) -> Iterator[dict[str, Any]]:
    paid = limits.standing.terms.paid
    if paid is None or not limits.included:
        return
    used = limits.included - limits.allowance_left
    yield _quota(paid, "included", used, limits.included, limits.period_ends_at, warning_percent)


def _limit(one: LimitState, warning_percent: int) -> dict[str, Any]:
    quantity = one.limit.quantity
    limit = quantity if isinstance(quantity, int) else None
    return _quota(one.limit.meter, one.limit.window, one.used, limit, one.resets_at, warning_percent)


def _quota(
    meter: str, window: str, used: int, limit: int | None, resets_at: datetime | None, warning_percent: int
) -> dict[str, Any]:
    known = runtime.env().catalogue.meters.get(meter)
    percent = 0 if limit is None else 100 if limit == 0 else min(used * 100 // limit, 100)
    tone = "bad" if percent >= 100 else "warn" if percent >= warning_percent else ""
    return {
        "key": f"{meter} {window}", "name": meter_name(meter), "window": window, "used": used, "limit": limit or 0,
        "percent": percent, "unlimited": limit is None, "is_feature": known is not None and known.is_feature,
        "resets_at": instant(resets_at), "tone": tone,
    }  # fmt: skip


def use(view: UseView) -> dict[str, Any]:
    """Bars of thirty days: below what left the balance, above it what the plan gave. The same as rows of a table."""
    zone = view.limits.zone
    days = [
        {"first": day.isoformat(), "at": instant(start_of_day(day, zone)), "tokens": used.quantity,
         "charged": used.charged}
        for day, used in view.days
    ]  # fmt: skip
    is_paid = view.meter == view.limits.standing.terms.paid
    parts = [(used.charged if is_paid else used.quantity, used.quantity) for _, used in view.days]
    placed = stacked([(lower, whole - lower) for lower, whole in parts])
    bars = [
        {**day, "x": bar.x, "width": bar.width, "lower": bar.lower, "lower_y": bar.lower_y, "upper": bar.upper,
         "upper_y": bar.upper_y}
        for day, bar in zip(days, placed, strict=True)
    ]  # fmt: skip
    most = max((row.used.quantity for row in view.operations), default=0)
    return {
        "meter": meter_name(view.meter), "bars": bars, "total": sum(used.quantity for _, used in view.days),
        "days": [day for day in reversed(days) if day["tokens"]],
        "operations": [
            {"key": row.group, "name": operation_name(row.group), "tokens": row.used.quantity,
             "events": row.used.events, "share": row.used.quantity * 100 // most if most else 0}
            for row in view.operations
        ],
        "month": view.month.quantity, "is_paid": is_paid,
        "runway": view.runway or 0,
    }  # fmt: skip
