"""Use as the plain dicts that the first page and the page of use hold."""

from __future__ import annotations

from typing import Any

from billing_ui.components.charts.geometry import stacked
from billing_ui.kit.period import start_of_day
from billing_ui.queries.overview_use import UseView
from billing_ui.state.labels import instant
from billing_ui.state.usage_labels import meter_name, operation_name


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
        "month": view.month.quantity, "month_charged": view.month.charged, "month_free": view.month.allowance,
        "month_more": view.month.overage + view.month.uncovered, "is_paid": is_paid,
        "runway": view.runway or 0,
    }  # fmt: skip
